import { isProblem, type ProblemCode } from '#src/problems.ts'

const outageCodes = new Set<ProblemCode>([
  'upstream-timeout',
  'upstream-invalid-response',
  'upstream-unavailable',
  'upstream-rate-limited',
  'overloaded',
])

/** No answer was to be had, as against one that denies or does not know what was asked for. */
export const isOutage = (error: unknown): boolean => {
  if (!isProblem(error)) return false
  if (outageCodes.has(error.code)) return true
  const status = error.fields.upstream?.status ?? null
  // An error that the vendor does not document, in a reply that is no server error, is an answer all the same.
  return error.code === 'upstream-failed' && (status === null || status >= 500)
}

const notCalledCodes = new Set<ProblemCode>(['upstream-unavailable', 'upstream-rate-limited', 'overloaded'])

/** The upstream was asked; otherwise this house refused to, for now. */
export const wasUpstreamCalled = (error: unknown): boolean =>
  isProblem(error) && !(notCalledCodes.has(error.code) && (error.fields.upstream?.status ?? null) === null)
