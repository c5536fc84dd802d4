import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

let foyer: SandboxGateway

beforeAll(async () => {
  foyer = await openSandboxAndGateway()
})

afterAll(() => foyer.close())

test('getProperty: one form post with the key, one canonical property', async () => {
  foyer.sandbox.control.clearRequests()

  const reply = await foyer.get('/properties/10101')

  expect(reply.status).toBe(200)
  expect(reply.body).toMatchObject({ sid: 10101, listPrice: 2_300_000, bedroomsTotal: 2, livingArea: null })
  expect(foyer.sandbox.control.spacio.requests()).toMatchObject([
    {
      method: 'POST',
      path: '/api/v1/getProperty',
      form: { sid: '10101' },
      headers: { apikey: foyer.sandbox.spacio.apiKey },
    },
  ])
})
