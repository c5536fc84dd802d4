/** Events are found by their contact. An event of another contact is never returned. */
import { expect, test } from 'vitest'
import { listRequests, useSandboxAndGateway } from '../../support/liondesk.ts'

const foyer = useSandboxAndGateway()

const liondesk = () => foyer().sandbox.control.liondesk

const findIds = (reply: { body: any }): string[] => reply.body.data.map(({ id }: { id: string }) => id)

/** Events of contact 1 besides 7 and 8, one per minute from midnight on. */
const addEvents = (count: number): void => {
  for (let minute = 0; minute < count; minute += 1) {
    const created_at = new Date(Date.UTC(2030, 0, 1, 0, minute)).toISOString()
    liondesk().addEvent('1', { id: String(100 + minute), created_at })
  }
}

const invalid = { status: 502, body: { code: 'upstream-invalid-response', upstream: { operation: 'findEvents' } } }

test('the events of a contact, newest first: one request, canonical names', async () => {
  const reply = await foyer().get('/events?contactId=1')

  expect(reply.status).toBe(200)
  expect(findIds(reply)).toEqual(['8', '7'])
  expect(reply.body.pagination).toEqual({ total: 2, limit: 50, offset: 0 })
  expect(reply.body.data[1]).toEqual({
    id: '7',
    contactId: '1',
    userId: '1',
    type: 'property_viewed',
    description: 'Viewed the listing',
    siteDomain: 'listings.example.com',
    origin: 'api',
    dialerSessionId: null,
    createdAt: expect.stringMatching(/Z$/),
    modifiedAt: expect.stringMatching(/Z$/),
  })
  const query = '%24limit=50&%24skip=0&contact_id=1&%24sort%5Bcreated_at%5D=-1&%24sort%5Bid%5D=1'
  expect(listRequests(foyer())).toMatchObject([{ method: 'GET', path: '/events', query }])
})

test('type and the order are LionDesk’s to apply', async () => {
  expect(findIds(await foyer().get('/events?contactId=1&type=property_viewed&sort=createdAt'))).toEqual(['7'])
  const query = '%24limit=50&%24skip=0&contact_id=1&type=property_viewed&%24sort%5Bcreated_at%5D=1&%24sort%5Bid%5D=1'
  expect(listRequests(foyer())).toMatchObject([{ query }])
  expect(findIds(await foyer().get('/events?contactId=1&sort=createdAt'))).toEqual(['7', '8'])
})

test('an upstream that ignores case finds other spellings of a type', async () => {
  liondesk().set({ ignoreCase: true })
  expect(findIds(await foyer().get('/events?contactId=1&type=Property_Viewed'))).toEqual(['7'])
})

test('pages join, whatever the upstream’s maximum', async () => {
  addEvents(40)
  const whole = await foyer().get('/events?contactId=1&limit=200')
  expect(findIds(whole)).toHaveLength(42)
  expect(whole.body.pagination.total).toBe(42)
  const page = await foyer().get('/events?contactId=1&limit=30&offset=5')
  expect(findIds(page)).toEqual(findIds(whole).slice(5, 35))
  expect(page.headers.link).toContain('contactId=1')
})

test('an event that becomes visible between two pages hides no other', async () => {
  liondesk().set({ lateFinds: 1, maximumLimit: 1 })
  liondesk().addEvent('1', { id: '900' })
  const reply = await foyer().get('/events?contactId=1')
  expect(reply.status).toBe(200)
  expect(findIds(reply)).toEqual(expect.arrayContaining(['7', '8']))
})

test('a contact without events, or unknown, is an empty list', async () => {
  const { id } = liondesk().addContact()
  for (const contact of [id, 999_999]) {
    const reply = await foyer().get(`/events?contactId=${contact}`)
    expect(reply).toMatchObject({ status: 200, body: { data: [], pagination: { total: 0 } } })
  }
})

test('a filter that the upstream ignores is 502 after one request', async () => {
  liondesk().set({ ignoreFilters: true })
  expect(await foyer().get('/events?contactId=1')).toMatchObject(invalid)
  expect(listRequests(foyer()).length).toBe(1)
})

test.for([
  ['of another contact', { id: '7', contact_id: '11', type: 'x' }],
  ['without a contact', { id: '7', type: 'x' }],
  ['of another type', { id: '7', contact_id: '1', type: 'y' }],
  ['without a type', { id: '7', contact_id: '1' }],
] as const)('an event %s does not match', async ([, record]) => {
  liondesk().fault({ operation: 'findEvents', kind: 'body', body: { total: 1, limit: 50, skip: 0, data: [record] } })
  expect(await foyer().get('/events?contactId=1&type=x')).toMatchObject(invalid)
})

test('an event without a type does not match the word null', async () => {
  const data = [{ id: '7', contact_id: '1', type: null }]
  liondesk().fault({ operation: 'findEvents', kind: 'body', body: { total: 1, limit: 50, skip: 0, data } })
  expect(await foyer().get('/events?contactId=1&type=null')).toMatchObject(invalid)
})

test('a contact id may come as a number', async () => {
  const data = [{ id: 7, contact_id: 1 }]
  liondesk().fault({ operation: 'findEvents', kind: 'body', body: { total: 1, limit: 50, skip: 0, data } })
  expect((await foyer().get('/events?contactId=1')).body.data).toMatchObject([{ id: '7', contactId: '1' }])
})

test.for(['/events', '/events?contactId=', '/events?contactId=1&type=%20', '/events?contactId=1&sort=type'])(
  '%s is 400, and LionDesk is not asked',
  async (url) => {
    expect(await foyer().get(url)).toMatchObject({ status: 400, body: { code: 'invalid-request' } })
    expect(listRequests(foyer())).toEqual([])
  },
)

test('one event is read by its id, in one request', async () => {
  expect(await foyer().get('/events/7')).toMatchObject({ status: 200, body: { id: '7', contactId: '1' } })
  expect(listRequests(foyer())).toMatchObject([{ method: 'GET', path: '/events/7', query: '', operation: 'getEvent' }])
})

test.for([
  ['/events/999', 404, 'not-found'],
  ['/events/15', 403, 'upstream-access-denied'],
  ['/events/a.b', 400, 'invalid-request'],
] as const)('%s is %i', async ([url, status, code]) => {
  expect(await foyer().get(url)).toMatchObject({ status, body: { code } })
})

test('an event other than the requested one is 502', async () => {
  liondesk().fault({ operation: 'getEvent', kind: 'body', body: { id: '8', contact_id: '1' } })
  expect((await foyer().get('/events/7')).status).toBe(502)
})

test('the property in an event is not drift in any form', async () => {
  for (const property of [{ mls: '1' }, 'text', [1], null]) {
    liondesk().fault({ operation: 'getEvent', kind: 'body', body: { id: '7', property }, times: 1 })
    expect((await foyer().get('/events/7')).status).toBe(200)
  }
  const { body } = await foyer().get('/upstreams')
  expect(body.data.find(({ system }: { system: string }) => system === 'liondesk').drift).toEqual([])
})
