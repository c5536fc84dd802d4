import { ref } from '#schemas/fields.ts'
import { Problem as ProblemSchema } from '#schemas/problem.ts'
import { createExampleDocument, getProblemDefinition, type ProblemCode } from '#src/problems.ts'

interface ProblemSources {
  /** The route's template. */
  url: string
  methods: readonly string[]
  scope?: string
  upstreams?: readonly ('spacio' | 'liondesk')[]
  problems?: readonly ProblemCode[]
}

const commonCodes: ProblemCode[] = ['invalid-request', 'not-acceptable', 'internal']

/** Body parsing can answer these, also for methods whose operation takes no body. */
const bodyCodes: ProblemCode[] = ['body-too-large', 'unsupported-media-type']

const methodsWithBody = ['POST', 'PUT', 'PATCH', 'DELETE']

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
export const listProblemCodes = (route: ProblemSources): ProblemCode[] => {
  const { url, methods, scope, upstreams = [], problems = [] } = route
  return [
    ...new Set([
      ...commonCodes,
      ...(url.startsWith('/health/') ? [] : limitCodes),
      ...getAuthorizationCodes(scope),
      ...upstreams.flatMap((system) => codesByUpstream[system]),
      ...problems,
      ...(methods.some((method) => methodsWithBody.includes(method)) ? bodyCodes : []),
    ]),
  ]
}

/** Converts the problems to response schemas, one per status. A 406 is never a page. */
export const toProblemResponses = (codes: readonly ProblemCode[], hasPages = false): Record<string, unknown> => {
  const byStatus = Map.groupBy(codes, (code) => getProblemDefinition(code).status)
  return Object.fromEntries(
    [...byStatus].map(([status, same]) => [
      status,
      {
        description: same.map((code) => `\`${code}\`: ${getProblemDefinition(code).meaning}`).join('\n\n'),
        content: {
          'application/problem+json': { schema: ref(ProblemSchema), examples: toExamples(same) },
          ...(hasPages &&
            status !== 406 && {
              'text/html': { schema: { type: 'string' }, examples: { page: { value: '<!DOCTYPE html>' } } },
            }),
        },
      },
    ]),
  )
}

const toExamples = (codes: readonly ProblemCode[]) =>
  Object.fromEntries(codes.map((code) => [code, { value: createExampleDocument(code) }]))
