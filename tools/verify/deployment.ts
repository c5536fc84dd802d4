/** The deployment that is asked. Every reply of it is held against the contract. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Contract, Json } from './contract.ts'
import { assertContract, FailedCheck, SkippedCheck } from './verdicts.ts'

export interface GatewayResponse {
  readonly status: number
  readonly headers: Headers
  /** Parsed where it is JSON; else undefined. */
  readonly body: Json
  readonly text: string
}

export interface RequestOptions {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** Without the key. */
  readonly anonymous?: boolean
  /** Its reply is not held against the contract. */
  readonly skipsContract?: boolean
}

export interface Deployment {
  readonly contract: Contract
  readonly hasCredentials: boolean
  /** Whatever it answers, once it is not too busy to answer; failed where an upstream does. */
  ask(path: string, question?: RequestOptions): Promise<GatewayResponse>
  /** 200, or the check ends: skipped where the key may not. */
  read(path: string, question?: RequestOptions): Promise<GatewayResponse>
  /** Follows a URL reference from a reply, without the key. Returns the document, or the status if it is not 200. */
  follow(reference: string): Promise<Json | number>
  /** What was asked last, fit to be shown. */
  lastRequest(): string
  forget(): void
}

const retryLimits = { attempts: 4, mostSeconds: 10, deadline: 60_000 }

/** The code of its problem, where it is one. */
export const getCode = ({ body }: GatewayResponse): string | undefined =>
  typeof body?.code === 'string' ? body.code : undefined

const describeResponse = (answer: GatewayResponse): string => `${answer.status} ${getCode(answer) ?? ''}`.trim()

/** What the key may not see says nothing of the contract. */
export const skipDenied = (answer: GatewayResponse): void => {
  const detail = describeResponse(answer)
  if (answer.status === 401 || answer.status === 403) throw new SkippedCheck(`${detail}: not with this key`)
  if (answer.status === 409) throw new SkippedCheck(`${detail}: not connected`)
}

const isBusy = (answer: GatewayResponse): boolean =>
  answer.status === 429 || (answer.status === 503 && getCode(answer) !== undefined)

/** Of an upstream, whatever was asked: it says nothing of the contract. A defect of the deployment's own does. */
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

export interface DeploymentOptions {
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
      signal: AbortSignal.timeout(retryLimits.deadline),
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
      if (seconds > retryLimits.mostSeconds) throw new FailedCheck(`${describeResponse(answer)}, for ${seconds} s`)
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
      signal: AbortSignal.timeout(retryLimits.deadline),
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
