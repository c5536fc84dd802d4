/** A key belongs to a client and to one connection. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../../sandbox/index.ts'
import { createEntry, everyGrant, everyScope, makeKey, writeDocument } from '../../support/clients.ts'
import { isReplayed } from '../../support/idempotency.ts'
import { createEnvironment, openGateway, type TestGateway } from '../../support/test-gateway.ts'

const keys = { one: makeKey(), two: makeKey(), other: makeKey() }

const client = (id: keyof typeof keys) => createEntry({ id, scopes: everyScope, grants: everyGrant }, keys[id])

let sandbox: Sandbox
let gateway: TestGateway

beforeAll(async () => {
  sandbox = await startSandbox({ leads: 10 })
  const { SPACIO_API_KEY: apiKey, LIONDESK_ACCESS_TOKEN: accessToken, ...urls } = createEnvironment(sandbox)
  const connections = ['main', 'second'].map((id) => ({ id, accessToken }))
  const tenant = { spacio: { apiKey }, liondesk: { connections } }
  const path = writeDocument({
    tenants: [
      { id: 'north', ...tenant, clients: [client('one'), client('two')] },
      { id: 'south', ...tenant, clients: [{ ...client('other'), id: 'one' }] },
    ],
  })
  gateway = await openGateway({ ...urls, FOYER_AUTH: 'required', FOYER_TENANTS_FILE: path })
})

afterAll(async () => {
  await gateway.close()
  await sandbox.close()
})

const create = (id: keyof typeof keys, connection: string, city = id) =>
  gateway.send(
    'POST',
    `/events/7/properties?connection=${connection}`,
    { city },
    { 'x-api-key': keys[id], 'idempotency-key': 'a' },
  )

test('the same key of another tenant, client or connection is another', async () => {
  for (const [id, connection] of [
    ['one', 'main'],
    ['one', 'second'],
    ['two', 'main'],
    ['other', 'main'],
  ] as const) {
    const reply = await create(id, connection)
    expect([reply.status, isReplayed(reply), reply.body.city]).toEqual([201, undefined, id])
    expect(isReplayed(await create(id, connection))).toBe('true')
  }
})

test('a client without the connection learns nothing of its keys', async () => {
  const reply = await create('one', 'nobodys')
  expect(reply).toMatchObject({ status: 403, body: { code: 'forbidden' } })
})
