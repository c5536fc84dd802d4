/** After an unknown outcome, a repeated request searches for the record before it sends the write. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type IdempotentGateway, isReplayed, openIdempotentGateway, renoInput } from '../../support/idempotency.ts'
import { fullInput } from '../../support/liondesk.ts'

let foyer: IdempotentGateway

beforeAll(async () => {
  foyer = await openIdempotentGateway()
})

beforeEach(async () => {
  foyer.clock.pass(2 * 24 * 60 * 60)
  foyer.sandbox.control.reset()
  // A success in between; otherwise the failures would open the breaker.
  await foyer.create(undefined)
  foyer.sandbox.control.reset()
})

afterAll(() => foyer.close())

const fault = (given: object) => foyer.sandbox.control.liondesk.fault({ times: 1, ...given } as never)

const failing = { operation: 'create', kind: 'reset' }

const unknown = async (body: object = renoInput, path?: string) =>
  expect(await foyer.create('a', body, path)).toMatchObject({ status: 502, body: { outcome: 'unknown' } })

test.each([
  ['little', renoInput],
  ['one field', { yearBuilt: 1999 }],
  ['everything', fullInput],
  ['blanks at the ends, and many digits', { city: ' Reno ', latitude: 40.7606121234567, listPrice: 1e12 }],
  ['commas in photos', { photoUrls: ['https://example.com/a,b.jpg', 'https://example.com/c.jpg'] }],
])('it was done, with %s: the record is found, and nothing is sent', async (_name, body) => {
  const event = '/events/9/properties'
  fault(failing)
  await unknown(body, event)
  const reply = await foyer.create('a', body, event)
  expect([reply.status, isReplayed(reply), foyer.posts()]).toEqual([201, 'true', 1])
  const [record] = foyer.sandbox.control.liondesk.records('9')
  expect([reply.body.id, reply.headers.location]).toEqual([record?.id, `${event}/${record?.id}`])
  expect((await foyer.create('a', body, event)).text).toBe(reply.text)
})

test('it had no effect: it is sent again', async () => {
  fault({ ...failing, applied: false })
  await unknown()
  const reply = await foyer.create('a')
  expect([reply.status, isReplayed(reply), foyer.posts()]).toEqual([201, undefined, 2])
  expect(foyer.cities().filter((city) => city === 'Reno')).toHaveLength(1)
})

test('a record with a different or additional value is a different record', async () => {
  await foyer.create(undefined, { ...renoInput, listPrice: 499900.51 })
  await foyer.create(undefined, { ...renoInput, yearBuilt: 1999 })
  fault({ ...failing, applied: false })
  await unknown()
  expect(isReplayed(await foyer.create('a'))).toBeUndefined()
})

const url = '/events/11/properties'

const finds = () => foyer.sandbox.control.liondesk.requests().filter(({ operation }) => operation === 'find')

const addNewerRecords = (count: number) => foyer.sandbox.control.liondesk.addRecords('11', { city: 'Sparks' }, count)

test('the search covers every page, the newest records first', async () => {
  fault(failing)
  await unknown(renoInput, url)
  addNewerRecords(60)
  const reply = await foyer.create('a', renoInput, url)
  expect([isReplayed(reply), foyer.posts()]).toEqual(['true', 1])
  expect(finds()).toHaveLength(3)
})

test.each(['oldest', 'newest'] as const)(
  'when the %s record is deleted during the search, the search starts again and finds the sent record',
  async (deleted) => {
    const { liondesk } = foyer.sandbox.control
    const [oldest, ...others] = liondesk.records('11')
    for (const { id } of others.slice(24)) liondesk.removeRecord(id)
    fault(failing)
    await unknown(renoInput, url)
    const newest = addNewerRecords(25).at(-1)
    liondesk.removeRecordAfterFind((deleted === 'oldest' ? oldest : newest)?.id as string)
    const reply = await foyer.create('a', renoInput, url)
    expect([reply.status, isReplayed(reply), foyer.posts()]).toEqual([201, 'true', 1])
    expect(foyer.cities('11').filter((city) => city === 'Reno')).toHaveLength(1)
  },
)

test('a search that is disturbed again has an unknown outcome, and nothing is sent', async () => {
  fault({ ...failing, applied: false })
  await unknown(renoInput, url)
  for (const { id } of addNewerRecords(50)) foyer.sandbox.control.liondesk.removeRecordAfterFind(id)
  expect(await foyer.create('a', renoInput, url)).toMatchObject({
    status: 502,
    body: { code: 'upstream-invalid-response', outcome: 'unknown' },
  })
  expect(foyer.posts()).toBe(1)
})

test('an upstream that sorts all records differently each time leads to an unknown outcome, and nothing is sent', async () => {
  fault({ ...failing, applied: false })
  await unknown(renoInput, url)
  foyer.sandbox.control.liondesk.set({ order: 'varies' })
  expect(await foyer.create('a', renoInput, url)).toMatchObject({ status: 502, body: { outcome: 'unknown' } })
  expect(foyer.posts()).toBe(1)
})

test('while the search fails, nothing is sent', async () => {
  fault({ ...failing, applied: false })
  await unknown()
  fault({ operation: 'find', kind: 'error', code: 'Forbidden' })
  expect(await foyer.create('a')).toMatchObject({ status: 403, body: { outcome: 'unknown' } })
  expect(foyer.posts()).toBe(1)
})

test('another body is rejected in the meantime', async () => {
  fault(failing)
  await unknown()
  expect((await foyer.create('a', { city: 'Sparks' })).body.code).toBe('idempotency-mismatch')
  expect(foyer.posts()).toBe(1)
})

test('a later rejection does not free the key, because the first write may still take effect', async () => {
  fault({ ...failing, applied: false })
  await unknown()
  fault({ operation: 'create', kind: 'rate-reached' })
  expect((await foyer.create('a')).status).toBe(503)
  // The first write arrived late.
  await foyer.create(undefined)
  expect([isReplayed(await foyer.create('a')), foyer.posts()]).toEqual(['true', 3])
})

test('the search uses the values that were sent, not those that would be sent now', async () => {
  const property = (title: string) => ({ sid: 10101, price: '1', email: 'agent1@example.com', addr1: title })
  const shows = (title: string) =>
    foyer.sandbox.control.spacio.fault({ operation: 'getProperty', kind: 'body', body: property(title) })
  shows('1 Old Street')
  fault(failing)
  await unknown({ fromSid: 10101 })
  foyer.clock.pass(61)
  foyer.sandbox.control.spacio.clearFaults()
  shows('2 New Street')
  const reply = await foyer.create('a', { fromSid: 10101 })
  expect([reply.body.unparsedAddress, foyer.posts()]).toEqual(['1 Old Street', 1])
})

test('an outdated result is never stored', async () => {
  await foyer.get('/properties/10101')
  foyer.clock.pass(61)
  foyer.sandbox.control.spacio.fault({ operation: 'getProperty', kind: 'html' })
  expect((await foyer.get('/properties/10101')).status).toBe(200)
  expect((await foyer.create('a', { fromSid: 10101 })).status).toBe(502)
  expect(foyer.posts()).toBe(0)
})
