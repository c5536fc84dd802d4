import { ref } from '#schemas/fields.ts'
import { Problem as ProblemSchema } from '#schemas/problem.ts'
import { exampleOf, kindOf, type ProblemCode } from '#src/problems.ts'
import { isProbeUrl } from '../../health-routes.ts'

interface ProblemSources {
  /** The route's template. */
  url?: string
  scope?: string
  upstreams?: readonly ('spacio' | 'liondesk')[]
  problems?: readonly ProblemCode[]
}

const everywhere: ProblemCode[] = ['invalid-request', 'not-acceptable', 'internal']

/** But for those who ask how the process does. */
const whereLimitsCount: ProblemCode[] = ['rate-limited', 'overloaded']

/** A route that every authenticated caller may use never refuses one. */
const ofAuthorization = (scope: string | undefined): ProblemCode[] => {
  if (scope === 'public') return []
  return scope === 'any' ? ['unauthenticated'] : ['unauthenticated', 'forbidden']
}

const ofAnyUpstream: ProblemCode[] = [
  'upstream-access-denied',
  'upstream-credentials',
  'upstream-invalid-response',
  'upstream-failed',
  'upstream-rate-limited',
  'upstream-timeout',
  'upstream-unavailable',
]

const ofUpstream: Record<'spacio' | 'liondesk', ProblemCode[]> = {
  spacio: ofAnyUpstream,
  liondesk: [...ofAnyUpstream, 'not-found', 'conflict', 'reauthorization-required', 'unprocessable'],
}

/** Every problem that an operation can answer with. */
export const problemsOf = ({ url, scope, upstreams = [], problems = [] }: ProblemSources): ProblemCode[] => [
  ...new Set([
    ...everywhere,
    ...(isProbeUrl(url) ? [] : whereLimitsCount),
    ...ofAuthorization(scope),
    ...upstreams.flatMap((system) => ofUpstream[system]),
    ...problems,
  ]),
]

/** The same as response schemas, one a status. */
export const problemResponses = (codes: readonly ProblemCode[]): Record<string, unknown> => {
  const byStatus = Map.groupBy(codes, (code) => kindOf(code).status)
  return Object.fromEntries(
    [...byStatus].map(([status, same]) => [
      status,
      {
        description: same.map((code) => `\`${code}\`: ${kindOf(code).meaning}`).join('\n\n'),
        content: { 'application/problem+json': { schema: ref(ProblemSchema), examples: examplesOf(same) } },
      },
    ]),
  )
}

const examplesOf = (codes: readonly ProblemCode[]) =>
  Object.fromEntries(codes.map((code) => [code, { value: exampleOf(code) }]))
