/** Sends requests to a deployment and validates each response against the contract. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Contract, Json } from './contract.ts'
import { assertContract, FailedCheck, SkippedCheck } from './verdicts.ts'

export interface GatewayResponse {
  readonly status: number
  readonly headers: Headers
  /** The parsed JSON body, otherwise undefined. */
  readonly body: Json
  readonly text: string
}

export interface RequestOptions {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** Sends the request without credentials. */
  readonly anonymous?: boolean
  /** Does not validate the response. */
  readonly skipsContract?: boolean
}

export interface Deployment {
  readonly contract: Contract
  readonly hasCredentials: boolean
  /**
   * Sends a request and retries it while the deployment is busy. Throws `FailedCheck` if the deployment or an upstream
   * fails.
   */
  ask(path: string, question?: RequestOptions): Promise<GatewayResponse>
  /** Sends a request that must get 200. Throws `SkippedCheck` if the key has no access. */
  read(path: string, question?: RequestOptions): Promise<GatewayResponse>
  /**
   * Follows a URL reference from a response, without credentials. Returns the document, or the status if it is not 200.
   */
  follow(reference: string): Promise<Json | number>
  /** Returns the last request with e-mail addresses removed. */
  lastRequest(): string
  forget(): void
}

const retryLimits = { attempts: 4, maxSeconds: 10, timeoutMs: 60_000 }

/** Returns the code of a problem document. */
export const getCode = ({ body }: GatewayResponse): string | undefined =>
  typeof body?.code === 'string' ? body.code : undefined

const describeResponse = (answer: GatewayResponse): string => `${answer.status} ${getCode(answer) ?? ''}`.trim()

/** Missing access says nothing about the contract. */
export const skipDenied = (answer: GatewayResponse): void => {
  const detail = describeResponse(answer)
  if (answer.status === 401 || answer.status === 403) throw new SkippedCheck(`${detail}: the key has no access`)
  if (answer.status === 409) throw new SkippedCheck(`${detail}: not connected`)
}

const isBusy = (answer: GatewayResponse): boolean =>
  answer.status === 429 || (answer.status === 503 && getCode(answer) !== undefined)

/** An upstream problem says nothing about the contract, but an internal error does. */
const isUpstreamProblem = (answer: GatewayResponse): boolean => answer.status >= 500 && getCode(answer) !== 'internal'

const redactRequest = (request: string): string => request.replace(/[^/?&=\s]+(@|%40)[^/?&=\s]+/gi, '…@…')

const parseBody = (text: string, contentType: string | undefined): unknown => {
  if (/^text\/plain/.test(contentType ?? '')) return text
  if (!/json/.test(contentType ?? '') || text === '' || /ndjson/.test(contentType ?? '')) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const getReason = (error: unknown): string => {
  const { cause, message } = error as Error & { cause?: { code?: string; message?: string } }
  return cause?.code ?? cause?.message ?? message
}

interface DeploymentOptions {
  readonly url: string
  readonly credentials: Readonly<Record<string, string>>
  readonly contract: Contract
}

export const createDeployment = ({ url, credentials, contract }: DeploymentOptions): Deployment => {
  const base = url.replace(/\/+$/, '')
  let last = ''

  const send = async (
    path: string,
    { method = 'GET', headers, body, ...how }: RequestOptions,
  ): Promise<GatewayResponse> => {
    const reply = await fetch(base + path, {
      method,
      headers: {
        accept: '*/*',
        ...(!how.anonymous && credentials),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      redirect: 'manual',
      signal: AbortSignal.timeout(retryLimits.timeoutMs),
    })
    const text = await reply.text()
    const contentType = reply.headers.get('content-type') ?? undefined
    const answer = { status: reply.status, headers: reply.headers, text, body: parseBody(text, contentType) as Json }
    if (how.skipsContract) return answer
    const violation = contract.findViolation({
      method,
      url: path,
      status: reply.status,
      contentType,
      body: answer.body ?? text,
    })
    assertContract(violation === null, `${reply.status}: ${violation}`)
    return answer
  }

  const ask: Deployment['ask'] = async (path, question = {}) => {
    last = redactRequest(`${question.method ?? 'GET'} ${path}`)
    for (let attempt = 1; ; attempt += 1) {
      const answer = await send(path, question).catch((error: unknown) => {
        throw error instanceof TypeError || (error as Error).name === 'TimeoutError'
          ? new FailedCheck(getReason(error))
          : error
      })
      if (!isBusy(answer)) {
        if (isUpstreamProblem(answer) && !question.skipsContract) throw new FailedCheck(describeResponse(answer))
        return answer
      }
      if (attempt === retryLimits.attempts) throw new FailedCheck(describeResponse(answer))
      const seconds = Number(answer.headers.get('retry-after') ?? 1)
      if (seconds > retryLimits.maxSeconds) throw new FailedCheck(`${describeResponse(answer)}, for ${seconds} s`)
      await wait(seconds * 1_000)
    }
  }

  const read: Deployment['read'] = async (path, question) => {
    const answer = await ask(path, question)
    skipDenied(answer)
    assertContract(answer.status === 200, `${describeResponse(answer)}, not 200`)
    return answer
  }

  const follow: Deployment['follow'] = async (reference) => {
    const reply = await fetch(new URL(reference, `${base}/`), {
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(retryLimits.timeoutMs),
    }).catch((error: unknown) => {
      throw new FailedCheck(getReason(error))
    })
    const text = await reply.text()
    return reply.status === 200
      ? (parseBody(text, reply.headers.get('content-type') ?? undefined) as Json)
      : reply.status
  }

  return {
    contract,
    hasCredentials: Object.keys(credentials).length > 0,
    ask,
    read,
    follow,
    lastRequest: () => last,
    forget: () => {
      last = ''
    },
  }
}
