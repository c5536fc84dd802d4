/** SIGHUP reloads tenants and clients; an invalid configuration changes nothing. */
import { writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createEntry, everyGrant, everyScope, makeKey, writeDocument } from '../../support/clients.ts'
import { type GatewayProcess, startGateway } from '../../support/gateway-process.ts'
import { parseMetrics } from '../../support/telemetry.ts'

const [old, fresh] = [makeKey(), makeKey()]

const clientsWith = (key: string) => ({
  clients: [createEntry({ id: 'web', scopes: everyScope, grants: everyGrant }, key)],
})

const path = writeDocument(clientsWith(old))

let gateway: GatewayProcess

beforeAll(async () => {
  gateway = await startGateway({
    SPACIO_API_KEY: 'canary',
    SPACIO_BASE_URL: 'http://127.0.0.1:9',
    FOYER_CLIENTS_FILE: path,
  })
})

afterAll(async () => {
  gateway.kill('SIGTERM')
  expect(await gateway.exit).toBe(0)
})

const statusWith = async (key: string): Promise<number> =>
  (await fetch(`${gateway.url}/upstreams`, { headers: { 'x-api-key': key } })).status

test('a broken file changes nothing, and the log says why', async () => {
  expect([await statusWith(old), await statusWith(fresh)]).toEqual([200, 401])
  writeFileSync(path, '{"clients": [{"id": "web", "scopes": "canary"}]}')
  gateway.kill('SIGHUP')
  const line = await gateway.waitForOutput(/.*the configuration was not changed: .*/)
  expect(line).toMatch(/FOYER_CLIENTS_FILE names a file .* where clients\/0\/scopes must be array/)
  writeFileSync(path, '{"clients": canary')
  gateway.kill('SIGHUP')
  await gateway.waitForOutput(/was not changed: FOYER_CLIENTS_FILE names a file that is not JSON/)
  expect([await statusWith(old), await statusWith(fresh)]).toEqual([200, 401])
  expect(gateway.output()).not.toContain('canary')
})

const readReloadState = async (key: string): Promise<number> => {
  const reply = await fetch(`${gateway.url}/metrics`, { headers: { 'x-api-key': key } })
  return parseMetrics(await reply.text()).value('foyer_config_last_reload_successful')
}

test('a key that a rejected file withdraws still works, and the log and a metric report it', async () => {
  expect(await readReloadState(old)).toBe(0)
  writeFileSync(path, JSON.stringify(clientsWith(old)))
  gateway.kill('SIGHUP')
  await gateway.waitForOutput(/the configuration was reloaded/)
  expect(await readReloadState(old)).toBe(1)
  const { clients } = clientsWith(fresh)
  writeFileSync(path, JSON.stringify({ clients: [...clients, { id: 'other', scopes: ['unknown:scope'] }] }))
  gateway.kill('SIGHUP')
  await gateway.waitForOutput(/was not changed: .*clients\/1\/.*; the previous keys, scopes and grants still apply/)
  expect([await statusWith(old), await statusWith(fresh)]).toEqual([200, 401])
  expect(await readReloadState(old)).toBe(0)
})

test('the new key is accepted, the old one is not', async () => {
  writeFileSync(path, JSON.stringify(clientsWith(fresh)))
  gateway.kill('SIGHUP')
  await expect.poll(() => statusWith(fresh)).toBe(200)
  expect(await readReloadState(fresh)).toBe(1)
  expect([await statusWith(fresh), await statusWith(old)]).toEqual([200, 401])
  expect(gateway.output()).not.toMatch(/fk_/)
})

test('after the last client was removed, its key is rejected and the log has a warning', async () => {
  writeFileSync(path, JSON.stringify({ clients: [] }))
  gateway.kill('SIGHUP')
  await gateway.waitForOutput(/no client is configured/)
  expect(await statusWith(fresh)).toBe(401)
})
