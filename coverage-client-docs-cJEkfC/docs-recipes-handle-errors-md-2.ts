const api = 'http://127.0.0.1:38919'
const headers = { 'X-API-Key': 'fk_demo_brokerage_b1001_0000000000000000000000' }

interface Problem {
  code: string
  status: number
  title: string
  detail: string
  requestId: string
  errors?: { path: string; message: string }[]
  retryAfter?: number
  outcome?: 'unknown'
}

class ProblemError extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(`${problem.code}: ${problem.detail} (${problem.requestId})`)
    this.problem = problem
  }
}

const pause = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000))

/** Reads, and retries up to twice if that may help. */
const read = async <Body>(path: string, attempts = 3): Promise<Body> => {
  const reply = await fetch(api + path, { headers })
  if (reply.ok) return (await reply.json()) as Body
  const isProblem = reply.headers.get('Content-Type')?.startsWith('application/problem+json')
  // A proxy in between may answer too.
  if (!isProblem) throw new Error(`status ${reply.status}`)
  const problem = (await reply.json()) as Problem
  const mayPass = [429, 502, 503, 504].includes(problem.status)
  if (!mayPass || attempts === 1) throw new ProblemError(problem)
  await pause(problem.retryAfter ?? 1)
  return read(path, attempts - 1)
}

try {
  await read('/leads?brokerageId=b1001&limit=1000')
} catch (error) {
  if (!(error instanceof ProblemError)) throw error
  for (const { path, message } of error.problem.errors ?? []) console.log(path, message)
}
export {}
