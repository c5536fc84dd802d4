import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadConfig } from '#src/config.ts'
import { createEntry, everyGrant, everyScope, makeKey, writeDocument } from '../../support/clients.ts'
import { type Stub, startStub } from '../../support/stub.ts'
import { openGateway, type TestGateway } from '../../support/test-gateway.ts'

const key = makeKey()

let stub: Stub
let gateway: TestGateway

beforeAll(async () => {
  const environmentWith = (ids: readonly string[]) => ({
    FOYER_AUTH: 'required',
    FOYER_TENANTS_FILE: writeDocument({
      tenants: ids.map((id) => ({
        id,
        spacio: { apiKey: id, baseUrl: stub.url },
        clients: id === 'north' ? [createEntry({ id: 'web', scopes: everyScope, grants: everyGrant }, key)] : [],
      })),
    }),
  })
  stub = await startStub((_request, response) => {
    gateway.app.reload(loadConfig(environmentWith(['south'])))
    response.writeHead(200, { 'content-type': 'application/json' }).end('["agent@example.com"]')
  })
  gateway = await openGateway(environmentWith(['north', 'south']))
})

afterAll(async () => {
  await gateway.close()
  await stub.close()
})

test('a request in progress finishes after its tenant is removed; the next request is rejected', async () => {
  const ask = () => gateway.get('/brokerages/b1/agents', { 'x-api-key': key })
  const { status, body, headers } = await ask()
  expect([status, body.data]).toEqual([200, [{ email: 'agent@example.com' }]])
  expect(headers.ratelimit).toBeUndefined()
  expect((await ask()).status).toBe(401)
})
