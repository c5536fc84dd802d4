/** If the operator removes a tenant while its live feed polls, the other tenants are not affected. */
import { writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../../sandbox/index.ts'
import { createEntry, everyGrant, everyScope, makeKey, writeDocument } from '../../support/clients.ts'
import { openEventReader } from '../../support/event-reader.ts'
import { type GatewayProcess, startGateway } from '../../support/gateway-process.ts'

const [stayingKey, leavingKey] = [makeKey(), makeKey()]

const clientWith = (key: string) => createEntry({ id: 'web', scopes: everyScope, grants: everyGrant }, key)

let sandbox: Sandbox
let gateway: GatewayProcess
let path: string

const tenant = (id: string, key: string) => ({
  id,
  spacio: { apiKey: sandbox.spacio.apiKey, baseUrl: sandbox.spacio.url, hourlyBudget: 1_000_000 },
  clients: [clientWith(key)],
})

beforeAll(async () => {
  sandbox = await startSandbox({ leads: 500 })
  path = writeDocument({ tenants: [tenant('staying', stayingKey), tenant('leaving', leavingKey)] })
  gateway = await startGateway({ FOYER_TENANTS_FILE: path, FOYER_FEED_FLOOR: '0.05', FOYER_FEED_CEILING: '0.05' })
})

afterAll(() => sandbox.close())

const statusWith = async (key: string): Promise<number> =>
  (await fetch(`${gateway.url}/upstreams`, { headers: { 'x-api-key': key } })).status

test('the process continues, and the removed tenant is no longer polled', async () => {
  const headers = { 'x-api-key': leavingKey }
  const reader = await openEventReader(`${gateway.url}/leads/feed?brokerageId=b1001`, headers)
  await expect.poll(reader.lastId).not.toBe('')
  // The next poll is slow, so that the tenant can be removed during it.
  sandbox.control.spacio.fault({ operation: '*', kind: 'latency', ms: 1_000 })
  const calls = sandbox.control.spacio.requests().length
  await expect.poll(() => sandbox.control.spacio.requests().length).toBeGreaterThan(calls)
  writeFileSync(path, JSON.stringify({ tenants: [tenant('staying', stayingKey)] }))
  gateway.kill('SIGHUP')
  await gateway.waitForOutput(/the configuration was reloaded/)
  await reader.ended
  sandbox.control.reset()
  expect([await statusWith(stayingKey), await statusWith(leavingKey)]).toEqual([200, 401])
  // Long enough for the current poll to end, and for another one to begin.
  const staying = await openEventReader(`${gateway.url}/leads/feed?brokerageId=b1001`, { 'x-api-key': stayingKey })
  const [{ id } = { id: '' }] = sandbox.control.spacio.addLead({ sid: 10101, name: 'Newcomer' })
  await expect.poll(staying.leadIds).toEqual([id])
  staying.disconnect()
  gateway.kill('SIGTERM')
  expect(await gateway.exit).toBe(0)
  expect(gateway.output()).not.toMatch(/"level":(50|60)/)
})
