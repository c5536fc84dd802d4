/** Contacts are found by e-mail address or phone number. A record that does not match is never returned. */
import { beforeEach, describe, expect, test } from 'vitest'
import { listQueryPairs, listRequests, useSandboxAndGateway } from '../../support/liondesk.ts'

const foyer = useSandboxAndGateway()

const liondesk = () => foyer().sandbox.control.liondesk

const findIds = (reply: { body: any }): string[] => reply.body.data.map(({ id }: { id: string }) => id)

const find = (query: Record<string, string | number>) =>
  foyer().get(`/contacts?${new URLSearchParams(query as Record<string, string>)}`)

const findByEmail = (email: string) => find({ email })

/** The filters that LionDesk received, without paging and order. */
const filtersAsked = () =>
  listRequests(foyer()).map((entry) => listQueryPairs(entry).filter(([name]) => !name.startsWith('$')))

const invalid = { status: 502, body: { code: 'upstream-invalid-response', upstream: { operation: 'findContacts' } } }

describe('by e-mail address', () => {
  test('one request, percent-encoded; the contact with its canonical names', async () => {
    const reply = await findByEmail('visitor2@example.com')

    expect(reply.status).toBe(200)
    expect(reply.body).toMatchObject({
      data: [
        {
          id: '1',
          firstName: 'Elif',
          lastName: 'Dvořák',
          email: 'visitor2@example.com',
          mobilePhone: '517-555-0104',
          company: null,
          birthdate: '1984-02-29',
          ownerUserId: '1',
          createdAt: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/),
        },
      ],
      pagination: { total: 1, limit: 50, offset: 0 },
    })
    const query = '%24limit=50&%24skip=0&email=visitor2%40example.com&%24sort%5Bid%5D=1'
    expect(listRequests(foyer())).toMatchObject([{ method: 'GET', path: '/contacts', query }])
    expect(listRequests(foyer())[0]?.headers).toEqual({
      accept: 'application/json',
      'accept-encoding': 'gzip, br',
      authorization: `Bearer ${foyer().sandbox.liondesk.accessToken}`,
      connection: 'keep-alive',
      host: new URL(foyer().sandbox.liondesk.url).host,
    })
  })

  test('a plus sign is part of the address', async () => {
    liondesk().addContact({ id: 900, email: 'a+b@example.com' })
    expect(findIds(await findByEmail('a+b@example.com'))).toEqual(['900'])
    expect(listRequests(foyer())[0]?.query).toContain('email=a%2Bb%40example.com')
  })

  test('an address with capital letters is searched as written and in lower case', async () => {
    expect(findIds(await findByEmail('Visitor2@Example.com'))).toEqual(['1'])
    expect(filtersAsked()).toEqual([[['email', 'Visitor2@Example.com']], [['email', 'visitor2@example.com']]])
  })

  test.for([false, true])(
    'each contact comes once, whether case is ignored upstream (%s) or not',
    async (ignoreCase) => {
      liondesk().set({ ignoreCase, maximumLimit: 2 })
      for (let id = 900; id < 905; id += 1)
        liondesk().addContact({ id, email: id % 2 === 0 ? 'Ada@Example.com' : 'ada@example.com' })

      const whole = await findByEmail('Ada@Example.com')
      expect(findIds(whole).toSorted()).toEqual(['900', '901', '902', '903', '904'])
      expect(whole.body.pagination.total).toBe(5)

      const page = await find({ email: 'Ada@Example.com', limit: 2, offset: 3 })
      expect(findIds(page)).toEqual(findIds(whole).slice(3))
      expect(page.body.pagination).toEqual({ total: 5, limit: 2, offset: 3 })
      expect(page.headers.link).toContain('rel="prev"')
    },
  )

  test('an upstream that distinguishes case finds an address with other capital letters only as it is stored', async () => {
    liondesk().set({ ignoreCase: false })
    liondesk().addContact({ id: 900, email: 'Ada@Example.com' })
    expect(findIds(await findByEmail('ada@example.com'))).toEqual([])
    expect(findIds(await findByEmail('ADA@example.com'))).toEqual([])
    expect(findIds(await findByEmail('Ada@Example.com'))).toEqual(['900'])
  })

  test('an upstream that ignores case finds other spellings, and blanks at the ends do not count', async () => {
    liondesk().set({ ignoreCase: true })
    expect(findIds(await findByEmail('contact102@example.com'))).toEqual(['102'])
    const body = { total: 1, limit: 50, skip: 0, data: [{ id: 9, email: ' ADA@example.com ' }] }
    liondesk().fault({ operation: 'findContacts', kind: 'body', body })
    expect(findIds(await findByEmail('ada@example.com'))).toEqual(['9'])
  })

  test('no contact is an empty list, not an error', async () => {
    expect((await findByEmail('nobody@example.com')).body).toEqual({
      data: [],
      pagination: { total: 0, limit: 50, offset: 0 },
    })
  })

  test('contacts of other users are not listed', async () => {
    expect(findIds(await findByEmail('contact115@example.com'))).toEqual([])
  })

  test('a new contact may be listed late, and can be read at any time', async () => {
    liondesk().set({ lateFinds: 1 })
    liondesk().addContact({ id: 900, email: 'new@example.com' })
    expect(findIds(await findByEmail('new@example.com'))).toEqual([])
    expect((await foyer().get('/contacts/900')).body.id).toBe('900')
    expect(findIds(await findByEmail('new@example.com'))).toEqual(['900'])
  })

  test('records without an id are distinguished by their contents', async () => {
    liondesk().set({ omitId: true, ignoreCase: true })
    liondesk().addContact({ id: 900, email: 'ada@example.com', first_name: 'Ada' })
    liondesk().addContact({ id: 901, email: 'ada@example.com', first_name: 'Ben' })
    for (const include of ['', '&include=source']) {
      const { body } = await foyer().get(`/contacts?email=Ada@example.com${include}`)
      expect(body.data).toMatchObject([
        { id: null, firstName: 'Ada' },
        { id: null, firstName: 'Ben' },
      ])
    }
  })
})

describe('a filter that the upstream ignores', () => {
  beforeEach(() => liondesk().set({ ignoreFilters: true }))

  test('is 502 after one request, never the first contact', async () => {
    expect(await findByEmail('visitor2@example.com')).toMatchObject(invalid)
    expect(listRequests(foyer()).length).toBe(1)
  })

  test('is 502 for a phone number, also after one request', async () => {
    expect(await find({ phone: '517-555-0104' })).toMatchObject(invalid)
    expect(listRequests(foyer()).length).toBe(1)
  })

  test('reveals nothing about the received contacts', async () => {
    expect((await findByEmail('visitor2@example.com')).text).not.toMatch(/Elif|Bakare|contact1\d\d@/i)
  })
})

test('a foreign contact on a later page is 502', async () => {
  liondesk().set({ maximumLimit: 1 })
  for (const id of [900, 901]) liondesk().addContact({ id, email: 'ada@example.com' })
  const body = { total: 2, limit: 1, skip: 1, data: [{ id: 1, email: 'visitor2@example.com' }] }
  liondesk().fault({ operation: 'findContacts', kind: 'body', after: 1, body })
  expect(await findByEmail('ada@example.com')).toMatchObject(invalid)
})

test.for([
  ['without an e-mail address', { id: 1, mobile_phone: '517-555-0104' }],
  ['whose address has the same beginning', { id: 1, email: 'ada@example.com.evil.example' }],
  ['of a spouse', { id: 1, email: 'ben@example.com', spouse_email: 'ada@example.com' }],
] as const)('a contact %s does not match', async ([, record]) => {
  liondesk().fault({ operation: 'findContacts', kind: 'body', body: { total: 1, limit: 50, skip: 0, data: [record] } })
  expect(await findByEmail('ada@example.com')).toMatchObject(invalid)
})

describe('by phone', () => {
  test('the spelling and the digits are searched in three fields', async () => {
    expect(findIds(await find({ phone: '517-555-0104' }))).toEqual(['1'])
    expect(filtersAsked()).toEqual(
      ['mobile_phone', 'home_phone', 'office_phone'].flatMap((field) => [
        [[field, '517-555-0104']],
        [[field, '5175550104']],
      ]),
    )
  })

  test('digits alone are searched once per field', async () => {
    expect(findIds(await find({ phone: '6045550101' }))).toEqual(['101'])
    expect(filtersAsked().length).toBe(3)
  })

  test('each contact comes once, whichever fields match', async () => {
    liondesk().addContact({ id: 900, mobile_phone: '2065550100', home_phone: '206-555-0100' })
    liondesk().addContact({ id: 901, office_phone: '206-555-0100' })
    const reply = await find({ phone: '206-555-0100' })
    expect(findIds(reply).toSorted()).toEqual(['900', '901'])
    expect(reply.body.pagination.total).toBe(2)
  })

  test('an upstream may ignore punctuation and the country code, but not return another number', async () => {
    const pageWith = (mobile_phone: string) => ({ total: 1, limit: 50, skip: 0, data: [{ id: 9, mobile_phone }] })
    liondesk().fault({ operation: 'findContacts', kind: 'body', body: pageWith('+1 (206) 555.0100'), times: 1 })
    expect(findIds(await find({ phone: '2065550100' }))).toEqual(['9'])
    liondesk().fault({ operation: 'findContacts', kind: 'body', body: pageWith('206-555-0101'), times: 1 })
    expect(await find({ phone: '2065550100' })).toMatchObject(invalid)
  })
})

test.for([
  ['/contacts', 'query/email'],
  ['/contacts?limit=5', 'query/email'],
  ['/contacts?email=a@example.com&phone=2065550100', 'query/phone'],
  ['/contacts?email=', 'query/email'],
  ['/contacts?email=example.com', 'query/email'],
  ['/contacts?phone=', 'query/phone'],
  ['/contacts?phone=n/a', 'query/phone'],
  ['/contacts?phone=1234', 'query/phone'],
  ['/contacts?email[ne]=a@example.com', 'query/email[ne]'],
  ['/contacts?firstName=Ada', 'query/firstName'],
])('%s is 400, and LionDesk is not asked', async ([url, path]) => {
  expect(await foyer().get(url as string)).toMatchObject({
    status: 400,
    body: { code: 'invalid-request', errors: [{ path }] },
  })
  expect(listRequests(foyer())).toEqual([])
})

describe('one contact', () => {
  test('is read by its id, in one request', async () => {
    const reply = await foyer().get('/contacts/1')
    expect(reply).toMatchObject({ status: 200, body: { id: '1', email: 'visitor2@example.com' } })
    expect(listRequests(foyer())).toMatchObject([
      { method: 'GET', path: '/contacts/1', query: '', operation: 'getContact' },
    ])
  })

  test('keeps the id that was asked for if the upstream returns none', async () => {
    liondesk().set({ omitId: true })
    expect((await foyer().get('/contacts/1')).body.id).toBe('1')
  })

  test('with another id is 502', async () => {
    liondesk().fault({ operation: 'getContact', kind: 'body', body: { id: 2, email: 'ada@example.com' } })
    expect(await foyer().get('/contacts/1')).toMatchObject({
      status: 502,
      body: { code: 'upstream-invalid-response', upstream: { operation: 'getContact' } },
    })
  })

  test.for([
    ['/contacts/999', 404, 'not-found'],
    ['/contacts/115', 403, 'upstream-access-denied'],
    ['/contacts/no%20id', 400, 'invalid-request'],
  ] as const)('%s is %i', async ([url, status, code]) => {
    expect(await foyer().get(url)).toMatchObject({ status, body: { code } })
  })

  test('include=source adds the record as it came', async () => {
    const { body } = await foyer().get('/contacts/1?include=source')
    expect(body.source).toMatchObject({
      system: 'liondesk',
      operation: 'getContact',
      record: { id: 1, mobile_phone: '517-555-0104' },
    })
  })
})

test('contacts and events must not be cached', async () => {
  for (const url of ['/contacts/1', '/contacts?email=visitor2@example.com', '/contacts/999', '/events/7'])
    expect((await foyer().get(url)).headers['cache-control']).toBe('no-store')
})
