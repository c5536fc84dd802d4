import { ref } from '#schemas/fields.ts'
import { Problem as ProblemSchema } from '#schemas/problem.ts'
import { lazy } from '#src/lib/lazy.ts'
import { createExampleDocument, getProblemDefinition, type ProblemCode, problemCodes } from '#src/problems.ts'
import { isProbeUrl } from '../../health-routes.ts'

interface ProblemSources {
  /** The route's template. */
  url?: string
  scope?: string
  upstreams?: readonly ('spacio' | 'liondesk')[]
  problems?: readonly ProblemCode[]
}

const commonCodes: ProblemCode[] = ['invalid-request', 'not-acceptable', 'internal']

/** Health-check routes are exempt from these. */
const limitCodes: ProblemCode[] = ['rate-limited', 'overloaded']

/** A route with scope `any` never answers 403. */
const getAuthorizationCodes = (scope: string | undefined): ProblemCode[] => {
  if (scope === 'public') return []
  return scope === 'any' ? ['unauthenticated'] : ['unauthenticated', 'forbidden']
}

const commonUpstreamCodes: ProblemCode[] = [
  'upstream-access-denied',
  'upstream-credentials',
  'upstream-invalid-response',
  'upstream-failed',
  'upstream-rate-limited',
  'upstream-timeout',
  'upstream-unavailable',
]

const codesByUpstream: Record<'spacio' | 'liondesk', ProblemCode[]> = {
  spacio: commonUpstreamCodes,
  liondesk: [...commonUpstreamCodes, 'not-found', 'conflict', 'reauthorization-required', 'unprocessable'],
}

/** Returns the codes of all problems that an operation can answer. */
export const listProblemCodes = ({ url, scope, upstreams = [], problems = [] }: ProblemSources): ProblemCode[] => [
  ...new Set([
    ...commonCodes,
    ...(isProbeUrl(url) ? [] : limitCodes),
    ...getAuthorizationCodes(scope),
    ...upstreams.flatMap((system) => codesByUpstream[system]),
    ...problems,
  ]),
]

/** Converts the problems to response schemas, one per status. */
export const toProblemResponses = (codes: readonly ProblemCode[]): Record<string, unknown> => {
  const byStatus = Map.groupBy(codes, (code) => getProblemDefinition(code).status)
  return Object.fromEntries(
    [...byStatus].map(([status, same]) => [
      status,
      {
        description: same.map((code) => `\`${code}\`: ${getProblemDefinition(code).meaning}`).join('\n\n'),
        content: { 'application/problem+json': { schema: ref(ProblemSchema), examples: toExamples(same) } },
      },
    ]),
  )
}

const toExamples = (codes: readonly ProblemCode[]) =>
  Object.fromEntries(codes.map((code) => [code, { value: getExampleDocuments()[code] }]))

const getExampleDocuments = lazy(() =>
  Object.fromEntries(problemCodes.map((code) => [code, createExampleDocument(code)])),
)
