import { createListSchema } from '#src/mapping/nested-codecs.ts'
import { claimedAgentMapping } from '#src/upstreams/spacio/mappings/agent.ts'
import { spacioMappings } from '#src/upstreams/spacio/mappings/index.ts'
import {
  type OperationName,
  operations,
  type ReplyShape,
  type SpacioOperation,
} from '#src/upstreams/spacio/operations.ts'
import {
  createJsonContent,
  createRecordSchemas,
  createReference,
  getSchemaName,
  type Json,
  license,
} from './schemas.ts'
import { errorResponses, errorSchemas } from './spacio-errors.ts'
import { emailExamples, recordExamples } from './spacio-examples.ts'
import { formFields, operationTexts } from './spacio-operations.ts'

/** A complete reply: the name of its schema, the schema unless it is that of a record, and an example. */
interface Reply {
  name: string
  schema?: Json
  example: unknown
}

const pageInfo = { resultsOnPage: 1, totalCount: 1, pageNumber: 1, totalPages: 1 }

const createPage = (record: string): Json => ({
  description: `One page of a list of \`${record}\`.`,
  type: 'object',
  properties: {
    info: createReference('PageInfo'),
    data: { type: 'array', items: createReference(record), description: 'The records of this page.' },
  },
  required: ['info', 'data'],
})

const createList = (items: Json, what: string): Json => ({
  description: `${what}, keyed by position from "1" (or "0") on. An empty one may come as \`[]\`, \`{}\` or \`no-results\`.`,
  ...createListSchema(items),
})

const toKeyed = (records: readonly unknown[]): Json =>
  Object.fromEntries(records.map((record, index) => [String(index + 1), record]))

const replies: Record<ReplyShape, (record: string, example: unknown) => Reply> = {
  record: (record, example) => ({ name: record, example }),
  keyed: (record, example) => ({
    name: `${record}List`,
    schema: createList(createReference(record), `A list of \`${record}\``),
    example: toKeyed([example]),
  }),
  paged: (record, example) => ({
    name: `${record}Page`,
    schema: createPage(record),
    example: { info: pageInfo, data: [example] },
  }),
  emails: () => ({
    name: 'EmailList',
    schema: createList({ type: 'string' }, 'E-mail addresses: once mended an array, or'),
    example: emailExamples,
  }),
}

const examples: Json = recordExamples

const createReply = (name: OperationName): Reply => {
  const { mapping } = operationTexts[name]
  const record = mapping ? getSchemaName(mapping.name) : ''
  return replies[operations[name].shape](record, createExample(name, examples[record]))
}

/** Two operations return fewer fields than their mapping can read. */
const createExample = (name: OperationName, example: unknown): unknown => {
  const { ukey, note, ...rest } = { ...(example as Json) }
  return name === 'getAccessTokenBM' || name === 'getRegistrantsByBrokerage' ? rest : example
}

const createForm = ({ form }: SpacioOperation): Json => {
  const fields = form.map((field): [string, Json] => [field, formFields[field as keyof typeof formFields]])
  const example = Object.fromEntries(fields.map(([field, { examples }]) => [field, (examples as unknown[])[0]]))
  const schema = { type: 'object', properties: Object.fromEntries(fields), required: form }
  return { required: true, content: { 'multipart/form-data': { schema, example } } }
}

const createOperation = (name: OperationName): Json => {
  const { tag, summary, description } = operationTexts[name]
  const { name: schema, example } = createReply(name)
  return {
    operationId: name,
    tags: [tag],
    summary,
    description,
    requestBody: createForm(operations[name]),
    responses: {
      200: {
        description: 'The records, or an error all the same.',
        content: createJsonContent({ anyOf: [createReference(schema), createReference('Error')] }, example),
      },
      '4XX': { $ref: '#/components/responses/Refused' },
    },
  }
}

const names = Object.keys(operations) as OperationName[]

const paths: Json = Object.fromEntries(
  names.map((name) => {
    const { version, method } = operations[name]
    return [`/api/${version}/${method}`, { post: createOperation(name) }]
  }),
)

const replySchemas: Json = Object.fromEntries(
  names
    .map(createReply)
    .flatMap(({ name, schema, example }) => (schema ? [[name, { ...schema, examples: [example] }]] : [])),
)

const createCount = (description: string): Json => ({ type: 'integer', minimum: 0, description })

const pageInfoSchema: Json = {
  description: 'Which part of the list a page is.',
  type: 'object',
  properties: {
    resultsOnPage: createCount('Records on this page.'),
    totalCount: createCount('Records on all pages.'),
    pageNumber: createCount('Number of this page; the first is 1.'),
    totalPages: createCount('Number of pages.'),
  },
  required: ['resultsOnPage', 'totalCount', 'totalPages'],
  examples: [pageInfo],
}

/** Entries of the claimed list are plain addresses on the wire, not records. */
const mappings = spacioMappings.filter((mapping) => mapping !== claimedAgentMapping)

/** The OpenAPI document of Spacio, built from the operations and the mapping tables. */
export const spacio: Json = {
  openapi: '3.1.0',
  info: {
    title: 'Spacio',
    version: '1.0.0',
    summary: 'The open-house API behind the gateway.',
    description:
      'An unofficial description of the upstream. Every call is a POST of multipart form fields and only reads. ' +
      'An API key may make 12,000 calls an hour unless the vendor agrees to more. Some replies are not strictly ' +
      'JSON: commas before a closing brace, numbers with leading zeros, lists of bare strings in braces.',
    license,
  },
  servers: [{ url: 'https://ws.spac.io', description: 'The vendor’s server' }],
  security: [{ apiKey: [] }],
  tags: [
    { name: 'Properties', description: 'Properties and their open houses.' },
    { name: 'Leads', description: 'Visitors who signed in at open houses.' },
    { name: 'Access tokens', description: 'Tokens of agents and managers.' },
    { name: 'Brokerages', description: 'Reports on a brokerage.' },
  ],
  paths,
  components: {
    securitySchemes: {
      apiKey: { type: 'apiKey', in: 'header', name: 'apikey', description: 'The API key that the vendor assigns.' },
    },
    responses: errorResponses,
    schemas: {
      ...createRecordSchemas(mappings, recordExamples),
      ...replySchemas,
      PageInfo: pageInfoSchema,
      ...errorSchemas,
    },
  },
}
