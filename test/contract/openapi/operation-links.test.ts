/** The OpenAPI links between operations: each leads to an operation of the document, and works with a gateway. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { everyGrant, everyScope, writeClients } from '../../support/clients.ts'
import { type Json, listOperations, type Operation, readCommitted } from '../../support/openapi.ts'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

const operations = listOperations(readCommitted('foyer'))

const findOperation = (id: string): Operation => operations.find(({ operationId }) => operationId === id) as Operation

const findSuccess = ({ responses }: Operation): Json =>
  Object.entries<Json>(responses).find(([status]) => status < '300')?.[1] ?? {}

interface Link {
  operationId: string
  parameters: Record<string, string>
}

const links = operations.flatMap((source) =>
  Object.entries<Link>(findSuccess(source).links ?? {}).map(([name, link]) => ({
    title: `${source.operationId}: ${name}`,
    source,
    link,
  })),
)

interface Exchange {
  path: Record<string, string>
  query: Record<string, string>
  body: unknown
  reply: unknown
}

const followPointer = (value: unknown, pointer: string): unknown =>
  pointer
    .slice(1)
    .split('/')
    .reduce<unknown>((node, key) => (node as Json | undefined)?.[key], value)

/** A runtime expression, as in section 4.7.20.4 of OpenAPI 3.1. */
const evaluate = (expression: string, exchange: Exchange): unknown => {
  const [, place = '', name = ''] =
    /^\$(request\.path\.|request\.query\.|request\.body#|response\.body#)(.+)$/.exec(expression) ?? []
  if (place === 'request.path.') return exchange.path[name]
  if (place === 'request.query.') return exchange.query[name]
  return followPointer(place === 'request.body#' ? exchange.body : exchange.reply, name)
}

/** Values of the demo, if the example of the document is of another system. */
const requests: Record<string, Record<string, string>> = {
  readLeadFeed: { from: new Date(Date.now() - 3 * 86_400_000).toISOString().slice(0, 10) },
  getEventProperty: { id: '1' },
  updateEventProperty: { id: '1' },
}

const clients = writeClients({ web: { scopes: everyScope, grants: { ...everyGrant, brokerages: ['b1001'] } } })

let foyer: SandboxGateway

beforeAll(async () => {
  foyer = await openSandboxAndGateway({
    env: {
      ...{ FOYER_AUTH: 'required', FOYER_CLIENTS_FILE: clients.path },
      ...{ FOYER_PUBLIC_URL: 'http://127.0.0.1:3000' },
      ...{ LIONDESK_CLIENT_ID: 'sandbox-client', LIONDESK_CLIENT_SECRET: 'sandbox-secret' },
    },
  })
})
beforeEach(() => foyer.sandbox.control.reset())
afterAll(() => foyer.close())

/** Calls an operation with the given parameters, and with its examples for the others. */
const call = async (operation: Operation, given: Record<string, unknown>, hasExamples: boolean) => {
  const exchange: Exchange = { path: {}, query: {}, body: undefined, reply: undefined }
  for (const { name, in: place, example } of (operation.parameters ?? []) as Json[]) {
    const value = given[name] ?? (hasExamples ? example : undefined)
    if ((place === 'path' || place === 'query') && value !== undefined)
      exchange[place as 'path' | 'query'][name] = String(value)
  }
  exchange.body = operation.requestBody?.content['application/json']?.example
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(exchange.path[name] ?? ''))
  const headers = 'ticket' in given ? {} : clients.headers('web')
  const url = `${path}?${new URLSearchParams(exchange.query)}`
  const answer = await foyer.send(operation.method.toUpperCase(), url, exchange.body, headers)
  exchange.reply = answer.body
  return { status: answer.status, exchange }
}

test('the operations that answer with ids lead to the operations that take them', () => {
  expect(links.map(({ title }) => title)).toEqual(
    expect.arrayContaining([
      'listLeads: property',
      'listLeads: agentProperties',
      'createEventProperty: get',
      'createEventProperty: patch',
      'createEventProperty: delete',
    ]),
  )
})

test.for(links.map((link) => [link.title, link] as const))('%s', async ([, { source, link }]) => {
  const target = findOperation(link.operationId)
  const known = (target.parameters as Json[]).map(({ name }) => name)
  expect(known).toEqual(expect.arrayContaining(Object.keys(link.parameters)))

  const { status, exchange } = await call(source, requests[source.operationId] ?? {}, true)
  expect(status).toBeLessThan(300)
  const parameters = Object.fromEntries(
    Object.entries(link.parameters).map(([name, expression]) => [name, evaluate(expression, exchange)]),
  )
  expect(Object.values(parameters)).not.toContain(undefined)
  expect((await call(target, parameters, false)).status).toBeLessThan(300)
})
