import { isProblem, type ProblemCode } from '#src/problems.ts'

const outageCodes = new Set<ProblemCode>([
  'upstream-timeout',
  'upstream-invalid-response',
  'upstream-unavailable',
  'upstream-rate-limited',
  'overloaded',
])

/**
 * True if the upstream gave no usable reply, in contrast to a reply that rejects the request or reports a missing
 * object.
 */
export const isOutage = (error: unknown): boolean => {
  if (!isProblem(error)) return false
  if (outageCodes.has(error.code)) return true
  const status = error.fields.upstream?.status ?? null
  // An undocumented error with a status below 500 is still a reply from the upstream.
  return error.code === 'upstream-failed' && (status === null || status >= 500)
}

const notCalledCodes = new Set<ProblemCode>(['upstream-unavailable', 'upstream-rate-limited', 'overloaded'])

/** False if the gateway itself rejected the call, for example because of an open circuit or a spent budget. */
export const wasUpstreamCalled = (error: unknown): boolean =>
  isProblem(error) && !(notCalledCodes.has(error.code) && (error.fields.upstream?.status ?? null) === null)
