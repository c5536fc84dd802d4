import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  createFoyer,
  deleteEventProperty,
  getEventProperty,
  updateEventProperty,
  withEntityTag,
} from '../../../clients/typescript/src/index.ts'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

let foyer: SandboxGateway
let baseUrl: string

beforeAll(async () => {
  foyer = await openSandboxAndGateway({ sandbox: { leads: 10 } })
  baseUrl = await foyer.app.listen({ host: '127.0.0.1', port: 0 })
})

afterAll(() => foyer.close())

const path = { eventId: '7', id: '1' }

test('a conditional write sends the tag that was read, and receives the next tag or a typed problem', async () => {
  const client = createFoyer({ baseUrl, apiKey: 'any' })
  const { data, entityTag } = await withEntityTag(getEventProperty, { client, path })
  expect(data.id).toBe('1')
  const headers = { 'If-Match': String(entityTag) }

  const changed = await withEntityTag(updateEventProperty, { client, path, headers, body: { city: 'Reno' } })
  expect(changed.data.city).toBe('Reno')
  expect(changed.entityTag).toBe((await foyer.get('/events/7/properties/1')).headers.etag)
  await expect(deleteEventProperty({ client, path, headers })).rejects.toMatchObject({
    name: 'FoyerProblem',
    code: 'precondition-failed',
    status: 412,
  })

  const removed = await withEntityTag(deleteEventProperty, {
    client,
    path,
    headers: { 'If-Match': String(changed.entityTag) },
  })
  expect(removed.entityTag).toBeNull()
})

test('a problem is thrown by a read with its tag too', async () => {
  const client = createFoyer({ baseUrl, apiKey: 'any' })
  const missing = { client, path: { eventId: '7', id: '99999' } }
  await expect(withEntityTag(getEventProperty, missing)).rejects.toMatchObject({ code: 'not-found' })
})
