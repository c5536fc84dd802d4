import { expect, test } from 'vitest'
import { mappingTables } from '#src/upstreams/index.ts'
import { listOperations, readCommitted, resolve } from '../../support/openapi.ts'

const document = readCommitted('foyer')
const operations = listOperations(document)

test.each(operations)('$operationId says who may call it', (operation) => {
  const isPublic = JSON.stringify(operation.security) === '[]'
  const scope = operation['x-scope']
  if (isPublic) expect(scope).toBeUndefined()
  else expect(operation.security).toContainEqual({ bearer: scope === undefined ? [] : [scope] })
})

test.each(operations)('$operationId documents success, and its problems', ({ responses }) => {
  const statuses = Object.keys(responses)
  expect(statuses.filter((status) => status.startsWith('2'))).toHaveLength(1)
  const problems = statuses.filter((status) => {
    const { content = {} } = resolve(document, responses[status])
    return 'application/problem+json' in content
  })
  expect(problems).toEqual(statuses.filter((status) => Number(status) >= 400))
  expect(problems).toContain('500')
})

test.each(operations.filter(({ responses }) => '401' in responses))(
  '$operationId documents the challenge of a rejection',
  ({ responses }) => {
    for (const status of ['401', '403'].filter((each) => each in responses))
      expect(resolve(document, responses[status]).headers, status).toHaveProperty('WWW-Authenticate')
  },
)

const resources = [...new Set(mappingTables.map(({ schema }) => schema))]

test.each(resources)('every field of %s says where it comes from', (resource) => {
  // `include` adds these. They are not fields of the record.
  const { source: _, property: __, ...fields } = document.components.schemas[resource].properties
  expect(Object.keys(fields).length).toBeGreaterThan(0)
  for (const [field, schema] of Object.entries<object>(fields)) {
    expect(schema, field).toMatchObject({ 'x-source': expect.any(Array) })
    expect(schema, field).toHaveProperty('x-reso')
  }
})

test('x-source names fields that the tables know', () => {
  const known = new Set(mappingTables.flatMap(({ name, fields }) => fields.map(({ from }) => `${name}:${from}`)))
  const named = Object.values<any>(document.components.schemas)
    .flatMap(({ properties = {} }) => Object.values<any>(properties))
    .flatMap((schema) => schema['x-source'] ?? [])
  expect(named.filter((source) => !known.has(source))).toEqual([])
})

/** The subject of a request: an id of its path, or the source of its leads. */
const isSubject = ({ name, in: place }: { name: string; in: string }): boolean =>
  place === 'path' || ['brokerageId', 'teamId', 'sid'].includes(name)

test.each(operations)('$operationId lists what it is about before its filters', ({ parameters = [] }) => {
  const isSorted = parameters.map((parameter: { name: string; in: string }) => isSubject(parameter))
  expect(isSorted).toEqual(isSorted.toSorted((a: boolean, b: boolean) => Number(b) - Number(a)))
})

test.each(operations)('$operationId has a named example of success, and one of each problem', ({ responses }) => {
  for (const [status, response] of Object.entries<any>(responses)) {
    for (const [type, { example, examples }] of Object.entries<any>(resolve(document, response).content ?? {})) {
      expect(example).toBeUndefined()
      const names = Object.keys(examples)
      if (Number(status) >= 400 && type === 'text/html') expect(names).toEqual(['page'])
      else if (Number(status) < 400) expect(names).toEqual(['success'])
      else expect(Object.values<any>(examples).map(({ value }) => value.code)).toEqual(names)
    }
  }
})

test('the problems of the OAuth callback can be HTML pages, except a 406', () => {
  const { responses } = operations.find(({ operationId }) => operationId === 'completeConnection') as any
  const problems = Object.keys(responses).filter((status) => Number(status) >= 400)
  const pages = problems.filter((status) => 'text/html' in resolve(document, responses[status]).content)
  expect(pages).toEqual(problems.filter((status) => status !== '406'))
  const other = operations.find(({ operationId }) => operationId === 'listConnections') as any
  expect(resolve(document, other.responses['500']).content).not.toHaveProperty('text/html')
})

test('a list of leads whose window is too large documents the link to the export', () => {
  const { responses } = operations.find(({ operationId }) => operationId === 'listLeads') as any
  expect(resolve(document, responses['422']).headers).toHaveProperty('Link')
})

test.each(operations.filter(({ responses }) => '304' in responses))(
  '$operationId documents the headers of a 304, which are those of the 200',
  ({ responses }) => {
    expect(responses['304'].headers).toEqual(responses['200'].headers)
    expect(responses['304'].headers).toHaveProperty('X-Request-Id')
  },
)

test('a response that browsers may store documents Cache-Control and Vary', () => {
  const { responses } = operations.find(({ operationId }) => operationId === 'getProperty') as any
  expect(Object.keys(responses['304'].headers)).toEqual(
    expect.arrayContaining(['ETag', 'Cache-Control', 'Vary', 'Age']),
  )
})
