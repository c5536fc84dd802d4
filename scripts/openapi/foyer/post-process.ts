import type { OpenAPIV3, OpenAPIV3_1 } from 'openapi-types'
import type { MappingTable } from '#src/upstreams/index.ts'
import { annotate } from './annotate.ts'
import { describeCaching } from './caching.ts'
import { linkOperations } from './operation-links.ts'

type Json = Record<string, unknown>
type Document = Partial<OpenAPIV3.Document | OpenAPIV3_1.Document>

/** Adds derived data to the generated document: sources and RESO names, examples, headers. */
export const postProcess = (document: Document, mappings: readonly MappingTable[]): Document => {
  const schemas = (document.components?.schemas ?? {}) as Record<string, Json>
  annotate(schemas, mappings)
  for (const operation of listOperations(document)) {
    putPathFirst(operation as { parameters?: { in: string }[] })
    addBodyExamples(operation, schemas)
    for (const [status, response] of Object.entries(operation.responses as Record<string, Json>)) {
      if (Number(status) < 400) addReplyExamples(response, schemas)
      response.headers = { ...createHeaders(status, response, operation), ...(response.headers as Json) }
    }
  }
  describeCaching(document)
  linkOperations(document)
  return shareProblems(document)
}

/** Lists path parameters before query parameters. */
const putPathFirst = ({ parameters }: { parameters?: { in: string }[] }): void => {
  parameters?.sort((a, b) => Number(b.in === 'path') - Number(a.in === 'path'))
}

/** Moves problem responses to components, because operations share most of them. A component is named by its codes. */
const shareProblems = (document: Document): Document => {
  const responsesByName: Record<string, Json> = {}
  for (const { responses } of listOperations(document)) {
    for (const [status, response] of Object.entries(responses as Record<string, Json>)) {
      const problems = (response.content as Record<string, Json> | undefined)?.['application/problem+json']
      if (!problems) continue
      const hasPage = 'text/html' in (response.content as Json)
      const codes = Object.keys(problems.examples as Json).map(toPascalCase)
      const name = `${codes.join('Or')}${hasPage ? 'Page' : ''}`
      responsesByName[name] = response
      Object.assign(responses as Json, { [status]: { $ref: `#/components/responses/${name}` } })
    }
  }
  return { ...document, components: { ...document.components, responses: responsesByName } } as Document
}

const toPascalCase = (code: string): string =>
  code.replace(/(^|-)(\w)/g, (_, _dash, letter: string) => letter.toUpperCase())

const listOperations = (document: Document): Json[] =>
  Object.values(document.paths ?? {}).flatMap((path) => Object.values(path as Json) as Json[])

const findExample = (schema: Json | undefined, schemas: Record<string, Json>): unknown => {
  const name = typeof schema?.$ref === 'string' ? schema.$ref.split('/').at(-1) : undefined
  return ((name ? schemas[name] : schema)?.examples as unknown[] | undefined)?.[0]
}

const listMedia = (parent: Json): [string, Json][] => Object.entries((parent.content ?? {}) as Record<string, Json>)

const addBodyExamples = (operation: Json, schemas: Record<string, Json>): void => {
  const body = operation.requestBody as Json | undefined
  for (const [, media] of body ? listMedia(body) : []) media.example = findExample(media.schema as Json, schemas)
}

const addReplyExamples = (response: Json, schemas: Record<string, Json>): void => {
  for (const [, media] of listMedia(response)) {
    const schema = media.schema as Json
    const name = typeof schema.$ref === 'string' ? schema.$ref.split('/').at(-1) : undefined
    // Mock servers select an example by its name.
    media.examples = { success: { value: findExample(schema, schemas) } }
    if (name && response.description === 'Default Response') response.description = schemas[name]?.description
  }
  if (response.description === 'Default Response') response.description = 'Done.'
}

const createTextHeader = (description: string) => ({ description, schema: { type: 'string' } })

const isPrivate = ({ security }: Json): boolean => Array.isArray(security) && security.length > 0

const commonHeaders = {
  'Server-Timing': createTextHeader(
    'Durations in milliseconds: `upstream` and `total`. `cache` says whether the response came from the cache.',
  ),
  RateLimit: createTextHeader(
    'For each limit: the remaining requests or calls (`r`) and the seconds until the limit resets (`t`).',
  ),
  'RateLimit-Policy': createTextHeader('For each limit: the allowed number (`q`) in a window of seconds (`w`).'),
}

const acceptsIdempotencyKey = ({ parameters = [] }: { parameters?: { name: string }[] }): boolean =>
  parameters.some(({ name }) => name === 'Idempotency-Key')

const createHeaders = (status: string, response: Json, operation: Json): Json => {
  const isList = JSON.stringify(response.content ?? {}).includes('List"')
  return {
    'X-Request-Id': createTextHeader('Id of the request, for the operator.'),
    ...(isPrivate(operation) && Number(status) < 400 && commonHeaders),
    ...(isPrivate(operation) &&
      (status === '401' || status === '403') && {
        'WWW-Authenticate': createTextHeader('How to authenticate, or the scope that is missing (RFC 6750).'),
      }),
    ...(isList && { Link: createTextHeader('Links to the first, previous, next and last page (RFC 8288).') }),
    ...(status === '422' &&
      JSON.stringify(response.content ?? {}).includes('"window-too-large":') && {
        Link: createTextHeader(
          'With `window-too-large`, `GET /leads` links to the export of the same leads (`rel="alternate"`).',
        ),
      }),
    ...(status === '201' && { Location: createTextHeader('URL of the created object, if its id is known.') }),
    ...(status === '201' &&
      acceptsIdempotencyKey(operation) && {
        'Idempotency-Replayed': createTextHeader(
          '`true`: this is the response of an earlier request with the same key.',
        ),
      }),
    ...((status === '429' || status === '503') && {
      'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } },
    }),
  }
}
