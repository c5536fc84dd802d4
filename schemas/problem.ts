import { Type } from 'typebox'
import { component, getOne, integer, ref, text, textList, textOrNull } from './fields.ts'

export const ProblemField = component(
  'ProblemField',
  'What is wrong with one part of the request.',
  { path: text('The invalid part, e.g. `query/limit` or `body/photoUrls`.'), message: text('What is wrong with it.') },
  { path: 'query/ctiy', message: 'is not a parameter of this operation' },
)

export const ProblemUpstream = component(
  'ProblemUpstream',
  'The upstream call that failed.',
  {
    system: text('`spacio` or `liondesk`.'),
    operation: text('The upstream operation.'),
    code: textOrNull('The upstream’s own error code, if it is documented.'),
    status: Type.Unsafe<number | null>({ type: ['integer', 'null'], description: 'The upstream’s HTTP status.' }),
    retryable: Type.Boolean({
      description: 'Whether the same request may succeed later. False if `outcome` is `unknown`.',
    }),
  },
  { system: 'spacio', operation: 'getProperty', code: 'invalid-sid', status: 200, retryable: false },
)

const example = {
  type: '/problems/unknown-property',
  title: 'Unknown property',
  status: 404,
  detail: 'No property has this sid.',
  instance: 'urn:foyer:request:4cf5a2a2-6a3f-4e55-9d6c-0c1b0d2f9c11',
  code: 'unknown-property',
  requestId: '4cf5a2a2-6a3f-4e55-9d6c-0c1b0d2f9c11',
  upstream: { system: 'spacio', operation: 'getProperty', code: 'invalid-sid', status: 200, retryable: false },
}

export const Problem = component(
  'Problem',
  'A problem document (RFC 9457).',
  {
    type: Type.String({ format: 'uri-reference', description: 'Address of the page that explains this problem.' }),
    title: text('The kind of problem in a few words.'),
    status: integer('HTTP status.'),
    detail: text('What is wrong with this request.'),
    instance: Type.String({ format: 'uri', description: 'Identifies this occurrence.' }),
    code: text('Machine-readable code: see `GET /problems`.'),
    requestId: text('Id of the request, as in the log and in the header `X-Request-Id`.'),
    errors: Type.Optional(Type.Array(ref(ProblemField), { description: 'The parts of the request that are wrong.' })),
    retryAfter: Type.Optional(integer('Seconds to wait before a new attempt, as in `Retry-After`.')),
    redirectUrl: Type.Optional(Type.String({ format: 'uri', description: 'URL to send the user to.' })),
    outcome: Type.Optional(
      Type.Literal('unknown', {
        description:
          'The write may or may not have taken effect. Repeat it only with the same `Idempotency-Key`, or check first.',
      }),
    ),
    upstream: Type.Optional(ref(ProblemUpstream)),
  },
  example,
)

export const ProblemKind = component(
  'ProblemKind',
  'One entry of the error catalogue.',
  {
    code: text('Machine-readable code.'),
    status: integer('HTTP status.'),
    title: text('The kind of problem in a few words.'),
    meaning: text('When it occurs.'),
    causes: textList('The most frequent causes.'),
    remedy: text('What to do about it.'),
    actor: getOne(['caller', 'operator', 'upstream'], { description: 'The party that has to act.' }),
    retryable: Type.Boolean({ description: 'Whether the same request may succeed later without a change.' }),
    example: ref(Problem),
  },
  {
    code: 'unknown-property',
    status: 404,
    title: 'Unknown property',
    meaning: 'No property has this sid.',
    causes: ['The `sid` was mistyped.'],
    remedy: 'Check the sid.',
    actor: 'caller',
    retryable: false,
    example,
  },
)
