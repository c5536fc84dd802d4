import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { everyScope, writeClients } from '../../support/clients.ts'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

const clients = writeClients({ reports: { scopes: everyScope, grants: { brokerages: '*' } } })

let foyer: SandboxGateway

beforeAll(async () => {
  foyer = await openSandboxAndGateway({ env: { FOYER_AUTH: 'required', FOYER_CLIENTS_FILE: clients.path } })
})
beforeEach(() => foyer.sandbox.control.clearRequests())
afterAll(() => foyer.close())

test.for([
  ['/agents/agent1@example.com/properties', 403],
  ['/agents/agent1/properties', 403],
  ['/properties/10101', 404],
  ['/properties/10101/open-houses', 404],
  ['/leads?sid=10101', 404],
  ['/leads?sid=10101&actingAgent=agent1@example.com', 403],
  ['/leads/export?sid=10101', 404],
  ['/leads/feed?sid=10101', 404],
] as const)('a grant of every brokerage opens no agent: %s is %d, and Spacio is not asked', async ([url, want]) => {
  expect((await foyer.get(url, clients.headers('reports'))).status).toBe(want)
  expect(foyer.sandbox.control.spacio.requests()).toEqual([])
})

test('a grant for all brokerages gives access to the lists of every brokerage', async () => {
  for (const path of ['/brokerages/b1001/agents', '/brokerages/b1002/activity', '/leads?brokerageId=b1002']) {
    expect([path, (await foyer.get(path, clients.headers('reports'))).status]).toEqual([path, 200])
  }
})
