/** The parts of a response's time, for clients with the scope. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { everyGrant, everyScope, writeClients } from '../../support/clients.ts'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

const clients = writeClients({
  board: { scopes: everyScope, grants: everyGrant },
  stranger: { scopes: everyScope, grants: { agents: ['nobody@example.com'] } },
})

let foyer: SandboxGateway

beforeAll(async () => {
  foyer = await openSandboxAndGateway({
    sandbox: { leads: 200 },
    env: { FOYER_AUTH: 'required', FOYER_CLIENTS_FILE: clients.path },
  })
})
afterAll(() => foyer.close())

const getTiming = async (url: string, headers?: Record<string, string>) =>
  (await foyer.get(url, headers)).headers['server-timing']

const board = clients.headers('board')

test('upstream, cache and total', async () => {
  const milliseconds = '\\d+\\.\\d'
  expect(await getTiming('/properties/10101', board)).toMatch(
    new RegExp(`^upstream;dur=${milliseconds}, cache;desc=miss, total;dur=${milliseconds}$`),
  )
  expect(await getTiming('/properties/10101', board)).toMatch(new RegExp(`^cache;desc=hit, total;dur=${milliseconds}$`))
  expect(await getTiming('/upstreams', board)).toMatch(new RegExp(`^total;dur=${milliseconds}$`))
})

test('nothing without credentials', async () => {
  for (const url of ['/problems', '/health/ready', '/properties/10101', '/nowhere']) {
    expect(await getTiming(url)).toBeUndefined()
  }
})

test('a rejection does not reveal whether an upstream was called', async () => {
  const stranger = clients.headers('stranger')
  for (const sid of ['10101', '10107', '99999']) {
    const reply = await foyer.get(`/properties/${sid}`, stranger)
    expect(reply.status).toBe(404)
    expect(reply.headers['server-timing']).toBeUndefined()
  }
})
