import type { OpenAPIV3, OpenAPIV3_1 } from 'openapi-types'
import type { MappingTable } from '#src/upstreams/index.ts'
import { annotate } from './annotate.ts'
import { describeCaching } from './caching.ts'

type Json = Record<string, unknown>
type Document = Partial<OpenAPIV3.Document | OpenAPIV3_1.Document>

/** Adds to the generated document what is derived from elsewhere: sources and RESO names, examples, headers. */
export const finish = (document: Document, mappings: readonly MappingTable[]): Document => {
  const schemas = (document.components?.schemas ?? {}) as Record<string, Json>
  annotate(schemas, mappings)
  for (const operation of operationsOf(document)) {
    finishBody(operation, schemas)
    for (const [status, response] of Object.entries(operation.responses as Record<string, Json>)) {
      if (Number(status) < 400) finishReply(response, schemas)
      response.headers = { ...headersOf(status, response, operation), ...(response.headers as Json) }
    }
  }
  describeCaching(document)
  return shareProblems(document)
}

/** Operations share most of their problems: each distinct response becomes a component, named by its codes. */
const shareProblems = (document: Document): Document => {
  const shared: Record<string, Json> = {}
  for (const { responses } of operationsOf(document)) {
    for (const [status, response] of Object.entries(responses as Record<string, Json>)) {
      const problems = (response.content as Record<string, Json> | undefined)?.['application/problem+json']
      if (!problems) continue
      const name = Object.keys(problems.examples as Json)
        .map(pascalCase)
        .join('Or')
      shared[name] = response
      Object.assign(responses as Json, { [status]: { $ref: `#/components/responses/${name}` } })
    }
  }
  return { ...document, components: { ...document.components, responses: shared } } as Document
}

const pascalCase = (code: string): string =>
  code.replace(/(^|-)(\w)/g, (_, _dash, letter: string) => letter.toUpperCase())

const operationsOf = (document: Document): Json[] =>
  Object.values(document.paths ?? {}).flatMap((path) => Object.values(path as Json) as Json[])

const exampleOf = (schema: Json | undefined, schemas: Record<string, Json>): unknown => {
  const name = typeof schema?.$ref === 'string' ? schema.$ref.split('/').at(-1) : undefined
  return ((name ? schemas[name] : schema)?.examples as unknown[] | undefined)?.[0]
}

const mediaOf = (holder: Json): [string, Json][] => Object.entries((holder.content ?? {}) as Record<string, Json>)

const finishBody = (operation: Json, schemas: Record<string, Json>): void => {
  const body = operation.requestBody as Json | undefined
  for (const [, media] of body ? mediaOf(body) : []) media.example = exampleOf(media.schema as Json, schemas)
}

const finishReply = (response: Json, schemas: Record<string, Json>): void => {
  for (const [, media] of mediaOf(response)) {
    const schema = media.schema as Json
    const name = typeof schema.$ref === 'string' ? schema.$ref.split('/').at(-1) : undefined
    media.example = exampleOf(schema, schemas)
    if (name && response.description === 'Default Response') response.description = schemas[name]?.description
  }
  if (response.description === 'Default Response') response.description = 'Done.'
}

const textHeader = (description: string) => ({ description, schema: { type: 'string' } })

const isPrivate = ({ security }: Json): boolean => Array.isArray(security) && security.length > 0

const answerHeaders = {
  'Server-Timing': textHeader('Where the time went: `upstream`, `cache` and `total`, in milliseconds.'),
  RateLimit: textHeader('What is left of each allowance (`r`) and the seconds until it is whole again (`t`).'),
  'RateLimit-Policy': textHeader('Each allowance: how many (`q`) in how many seconds (`w`).'),
}

const takesKey = ({ parameters = [] }: { parameters?: { name: string }[] }): boolean =>
  parameters.some(({ name }) => name === 'Idempotency-Key')

const headersOf = (status: string, response: Json, operation: Json): Json => {
  const isList = JSON.stringify(response.content ?? {}).includes('List"')
  return {
    'X-Request-Id': textHeader('Id of the request, for the operator.'),
    ...(isPrivate(operation) && Number(status) < 400 && answerHeaders),
    ...(isList && { Link: textHeader('Links to the first, previous, next and last page (RFC 8288).') }),
    ...(status === '201' && { Location: textHeader('URL of what was created, where its id is known.') }),
    ...(status === '201' &&
      takesKey(operation) && { 'Idempotency-Replayed': textHeader('`true`: it was done before.') }),
    ...((status === '429' || status === '503') && {
      'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } },
    }),
  }
}
