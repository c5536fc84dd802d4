import { Problem, type ProblemCode } from '#src/problems.ts'
import { limits } from '#src/upstreams/transport/limits.ts'
import type { Send, UpstreamReply, UpstreamRequest } from '#src/upstreams/transport/types.ts'

export type Request = UpstreamRequest<UpstreamReply>

export const createRequest = (more: Partial<Request> = {}): Request => ({
  tenant: 't',
  system: 'spacio',
  operation: 'getProperty',
  limits: limits.spacioRead,
  method: 'POST',
  baseUrl: 'http://127.0.0.1:9',
  path: '/x',
  headers: {},
  read: (reply) => reply,
  ...more,
})

export const okReply: UpstreamReply = { status: 200, retryAfter: null, body: Buffer.from('{}') }

/** Clocks that only the test moves. The wall clock can also be set. */
export const createClock = (start = Date.parse('2026-03-15T12:00:00Z')) => {
  let elapsedMs = 0
  let set = 0
  return {
    now: () => start + elapsedMs + set,
    monotonic: () => elapsedMs,
    pass: (milliseconds: number): void => {
      elapsedMs += milliseconds
    },
    setBy: (milliseconds: number): void => {
      set += milliseconds
    },
  }
}

export type Step = Problem | UpstreamReply | Error

export interface ScriptedSend {
  send: Send
  /** The sent requests, in order. */
  sent: UpstreamRequest[]
}

/** An attempt that ends as the steps define, in order. The last step repeats. */
export const createScriptedSend = (...steps: Step[]): ScriptedSend => {
  const sent: UpstreamRequest[] = []
  const send: Send = async (request) => {
    const step = steps[Math.min(sent.length, steps.length - 1)] as Step
    sent.push(request)
    if (step instanceof Error) throw step
    return request.read(step, request.isRetry === true)
  }
  return { send, sent }
}

/** A problem with the given upstream status, if there is one. */
export const createProblem = (
  code: ProblemCode,
  status: number | null = null,
  more: { cause?: unknown } = {},
): Problem =>
  new Problem(code, {
    upstream: { system: 'spacio', operation: 'x', code: null, status, retryable: status === null || status >= 500 },
    ...more,
  })

export const waitForever = (): AbortSignal => new AbortController().signal

export const toSettled = <T>(promise: Promise<T>): Promise<T | Error> => promise.catch((error: Error) => error)

export const getCode = (outcome: unknown): string =>
  outcome instanceof Error ? ((outcome as { code?: string }).code ?? outcome.message) : 'an answer'
