/**
 * Creates a Postman collection (v2.1, which Bruno and Insomnia also import) with a request for each operation and a
 * folder for each tag.
 */
import { demoKeys } from '../../cli/demo/keys.ts'

interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  description?: string
  example?: unknown
}

/** Bodies of requests have an example, those of responses a named one. */
type Content = Record<string, { example?: unknown; examples?: { success?: { value: unknown } } }>

interface Operation {
  operationId: string
  summary: string
  description: string
  tags: [string]
  security?: object[]
  parameters?: Parameter[]
  requestBody?: { content: Content }
  responses: Record<string, { description: string; content?: Content }>
}

export interface ApiDocument {
  info: { title: string; description: string }
  tags: { name: string; description: string }[]
  paths: Record<string, Record<string, Operation>>
}

interface OperationEntry {
  path: string
  method: string
  operation: Operation
}

/** Create before change, and delete last. */
const methods = ['get', 'post', 'patch', 'delete']

/** Only the browser of a consenting user calls it. */
const omittedOperations = ['completeConnection']

export const createCollection = ({ info, tags, paths }: ApiDocument) => {
  const places: OperationEntry[] = Object.entries(paths).flatMap(([path, item]) =>
    methods.flatMap((method) => (item[method] ? [{ path, method, operation: item[method] }] : [])),
  )
  const entries = places.filter(({ operation }) => !omittedOperations.includes(operation.operationId))
  return {
    info: {
      name: info.title,
      description: `${info.description}\n\nThe variables are those of the demo, \`npm run demo\`.`,
      schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json',
    },
    auth: {
      type: 'apikey',
      apikey: [toPair('key', 'X-API-Key'), toPair('value', '{{apiKey}}'), toPair('in', 'header')],
    },
    variable: [toPair('baseUrl', 'http://127.0.0.1:3000'), toPair('apiKey', demoKeys.brokerage)],
    item: tags.map(({ name, description }) => ({
      name,
      description,
      item: entries
        .filter(({ operation }) => operation.tags[0] === name)
        .map((place) => createItem(place, findIdExpression(place, paths))),
    })),
  }
}

const toPair = (key: string, value: string) => ({ key, value })

/**
 * The JSON path of the id that later requests for `{path}/{id}` use. Where the collection can create a resource, only the id
 * of the created resource counts, so that no request changes another one.
 */
const findIdExpression = ({ path, method }: OperationEntry, paths: ApiDocument['paths']): string | null => {
  if (!(`${path}/{id}` in paths)) return null
  if (paths[path]?.post) return method === 'post' ? 'id' : null
  return method === 'get' ? 'data[0].id' : null
}

const createItem = (place: OperationEntry, idExpression: string | null) => {
  const { operation, path } = place
  const status = findSuccessStatus(operation)
  const isPublic = operation.security?.length === 0
  const code = [
    // A key may lack grants, as the demo's key does.
    `pm.test('answers ${status}', () => pm.expect(pm.response.code).to.be.oneOf([${status}${isPublic ? '' : ', 403'}]))`,
    ...(idExpression ? [`pm.collectionVariables.set('${toId(path)}', pm.response.json().${idExpression})`] : []),
  ]
  return {
    name: operation.summary,
    event: [{ listen: 'test', script: { type: 'text/javascript', exec: code } }],
    request: createRequest(place),
    response: createExamples(operation, status),
  }
}

const findSuccessStatus = ({ responses }: Operation): number =>
  Number(Object.keys(responses).find((code) => code < '300'))

/** Returns the variable with the id of the resource that was last created or listed at a path. */
const toId = (path: string): string =>
  `idOf${path.replace(/\W*\{\w+\}\W*|\W+/g, ' ').replace(/ (\w?)/g, (_, letter) => letter.toUpperCase())}`

const createRequest = ({ path, method, operation }: OperationEntry) => {
  const { parameters = [], requestBody, security } = operation
  const body = requestBody?.content['application/json']?.example
  const isMade = path.endsWith('/{id}')
  const variable = parameters
    .filter((parameter) => parameter.in === 'path')
    .map(({ name, example, description }) => ({
      key: name,
      value: isMade && name === 'id' ? `{{${toId(path.slice(0, -'/{id}'.length))}}}` : String(example),
      description,
    }))
  const query = parameters.filter((parameter) => parameter.in === 'query').map(toOptionalParameter)
  const enabled = query.filter(({ disabled }) => !disabled).map(({ key, value }) => `${key}=${value}`)
  const route = path.replaceAll(/\{(\w+)\}/g, ':$1')
  return {
    method: method.toUpperCase(),
    description: operation.description,
    ...(security?.length === 0 && { auth: { type: 'noauth' } }),
    header: [
      ...(body === undefined ? [] : [toPair('Content-Type', 'application/json')]),
      ...parameters.filter((parameter) => parameter.in === 'header').map(toOptionalParameter),
    ],
    url: {
      raw: `{{baseUrl}}${route}${enabled.length > 0 ? '?' : ''}${enabled.join('&')}`,
      host: ['{{baseUrl}}'],
      path: route.slice(1).split('/'),
      ...(variable.length > 0 && { variable }),
      ...(query.length > 0 && { query }),
    },
    ...(body !== undefined && {
      body: { mode: 'raw', raw: JSON.stringify(body, null, 2), options: { raw: { language: 'json' } } },
    }),
  }
}

/** Enabled if the document has an example for it. */
const toOptionalParameter = ({ name, description, example }: Parameter) => ({
  key: name,
  value: String(example ?? ''),
  description,
  disabled: example === undefined,
})

const createExamples = ({ summary, responses }: Operation, status: number) => {
  const { description = '', content = {} } = responses[status] ?? {}
  return Object.entries(content)
    .map(([type, { examples }]) => [type, examples?.success?.value] as const)
    .filter(([, example]) => example !== undefined)
    .map(([type, example]) => ({
      name: summary,
      status: description,
      code: status,
      header: [toPair('Content-Type', type)],
      body: typeof example === 'string' ? example : JSON.stringify(example, null, 2),
    }))
}
