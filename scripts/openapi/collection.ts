/** A Postman collection (v2.1, which Bruno and Insomnia import too) of a document: a request an operation, a folder a tag. */
import { demoKeys } from '../../cli/demo/keys.ts'

interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  description?: string
  example?: unknown
}

type Content = Record<string, { example?: unknown }>

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

export interface Described {
  info: { title: string; description: string }
  tags: { name: string; description: string }[]
  paths: Record<string, Record<string, Operation>>
}

interface Place {
  path: string
  method: string
  operation: Operation
}

/** What is made before it is changed, and removed last. */
const methods = ['get', 'post', 'patch', 'delete']

/** Only the browser of a user who consents comes there. */
const leftOut = ['completeConnection']

export const collectionOf = ({ info, tags, paths }: Described) => {
  const places: Place[] = Object.entries(paths).flatMap(([path, item]) =>
    methods.flatMap((method) => (item[method] ? [{ path, method, operation: item[method] }] : [])),
  )
  const kept = places.filter(({ operation }) => !leftOut.includes(operation.operationId))
  return {
    info: {
      name: info.title,
      description: `${info.description}\n\nThe variables are those of the demo, \`npm run demo\`.`,
      schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json',
    },
    auth: { type: 'apikey', apikey: [pair('key', 'X-API-Key'), pair('value', '{{apiKey}}'), pair('in', 'header')] },
    variable: [pair('baseUrl', 'http://127.0.0.1:3000'), pair('apiKey', demoKeys.brokerage)],
    item: tags.map(({ name, description }) => ({
      name,
      description,
      item: kept
        .filter(({ operation }) => operation.tags[0] === name)
        .map((place) => itemOf(place, `${place.path}/{id}` in paths)),
    })),
  }
}

const pair = (key: string, value: string) => ({ key, value })

const itemOf = (place: Place, isCollection: boolean) => {
  const { operation, path } = place
  const status = successOf(operation)
  const isPublic = operation.security?.length === 0
  const code = [
    // A key need not cover everything, and the demo's does not.
    `pm.test('answers ${status}', () => pm.expect(pm.response.code).to.be.oneOf([${status}${isPublic ? '' : ', 403'}]))`,
    ...(status === 201 && isCollection ? [`pm.collectionVariables.set('${idOf(path)}', pm.response.json().id)`] : []),
  ]
  return {
    name: operation.summary,
    event: [{ listen: 'test', script: { type: 'text/javascript', exec: code } }],
    request: requestOf(place),
    response: examplesOf(operation, status),
  }
}

const successOf = ({ responses }: Operation): number => Number(Object.keys(responses).find((code) => code < '300'))

/** The variable that holds the id of what was made at a path last. */
const idOf = (path: string): string =>
  `idOf${path.replace(/\W*\{\w+\}\W*|\W+/g, ' ').replace(/ (\w?)/g, (_, letter) => letter.toUpperCase())}`

const requestOf = ({ path, method, operation }: Place) => {
  const { parameters = [], requestBody, security } = operation
  const body = requestBody?.content['application/json']?.example
  const isMade = path.endsWith('/{id}')
  const variable = parameters
    .filter((parameter) => parameter.in === 'path')
    .map(({ name, example, description }) => ({
      key: name,
      value: isMade && name === 'id' ? `{{${idOf(path.slice(0, -'/{id}'.length))}}}` : String(example),
      description,
    }))
  const query = parameters.filter((parameter) => parameter.in === 'query').map(optional)
  const enabled = query.filter(({ disabled }) => !disabled).map(({ key, value }) => `${key}=${value}`)
  const route = path.replaceAll(/\{(\w+)\}/g, ':$1')
  return {
    method: method.toUpperCase(),
    description: operation.description,
    ...(security?.length === 0 && { auth: { type: 'noauth' } }),
    header: [
      ...(body === undefined ? [] : [pair('Content-Type', 'application/json')]),
      ...parameters.filter((parameter) => parameter.in === 'header').map(optional),
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

/** Sent where the document has an example for it; the others wait to be ticked. */
const optional = ({ name, description, example }: Parameter) => ({
  key: name,
  value: String(example ?? ''),
  description,
  disabled: example === undefined,
})

const examplesOf = ({ summary, responses }: Operation, status: number) => {
  const { description = '', content = {} } = responses[status] ?? {}
  return Object.entries(content)
    .filter(([, { example }]) => example !== undefined)
    .map(([type, { example }]) => ({
      name: summary,
      status: description,
      code: status,
      header: [pair('Content-Type', type)],
      body: typeof example === 'string' ? example : JSON.stringify(example, null, 2),
    }))
}
