/** Which bodies are valid, and what the upstream receives. */
import { expect, test } from 'vitest'
import { fullInput, listRequests, listRequestsByMethod, useSandboxAndGateway } from '../../support/liondesk.ts'

const foyer = useSandboxAndGateway()

const patch = (body: unknown, type = 'application/merge-patch+json') =>
  foyer().send('PATCH', '/events/7/properties/1', JSON.stringify(body), { 'content-type': type })

const create = (body: unknown) => foyer().send('POST', '/events/7/properties', body)

test('null clears a field, and every writable field can be cleared', async () => {
  const cleared = Object.fromEntries(Object.keys(fullInput).map((field) => [field, null]))

  const reply = await patch(cleared)

  expect(reply.status).toBe(200)
  expect(reply.body).toMatchObject({ ...cleared, photoUrls: [] })
  expect(Object.values(listRequestsByMethod(foyer(), 'PATCH')[0]?.body as object)).toEqual(
    Object.keys(fullInput).map(() => null),
  )
})

test.for(['application/merge-patch+json', 'application/json', 'application/json; charset=utf-8'])(
  'a merge patch as %s is accepted',
  async (type) => {
    expect(await patch({ city: 'Reno' }, type)).toMatchObject({ status: 200, body: { city: 'Reno' } })
  },
)

test.for(['application/merge-patch+json', 'application/json'])('{} as %s writes nothing', async (type) => {
  const before = (await foyer().get('/events/7/properties/1')).body

  const reply = await patch({}, type)

  expect(reply).toMatchObject({ status: 200, body: before })
  expect(listRequestsByMethod(foyer(), 'PATCH')).toEqual([])
})

test('an empty patch of a missing record is 404', async () => {
  const reply = await foyer().send('PATCH', '/events/7/properties/99999', {})
  expect(reply).toMatchObject({ status: 404, body: { code: 'not-found' } })
  expect(listRequestsByMethod(foyer(), 'PATCH')).toEqual([])
})

test('one field is enough to create a record, but null is not', async () => {
  expect((await create({ city: 'Reno' })).status).toBe(201)
  expect(listRequests(foyer())[0]?.body).toEqual({ city: 'Reno' })
  expect((await create({ city: null })).status).toBe(422)
})

const unprocessable = (path: string) => ({ status: 422, body: { code: 'unprocessable', errors: [{ path }] } })
const invalid = (path: string) => ({ status: 400, body: { code: 'invalid-request', errors: [{ path }] } })

const over = (length: number) => 'x'.repeat(length + 1)

const refused: [string, { given: unknown; want: object }][] = [
  ...['id', 'eventId', 'contactId', 'bathroomsHalf', 'createdAt', 'source'].map(
    (field): [string, { given: unknown; want: object }] => [
      `${field}, which is read-only`,
      { given: { [field]: '1' }, want: unprocessable(`body/${field}`) },
    ],
  ),
  ['an unknown field', { given: { ctiy: 'x' }, want: invalid('body/ctiy') }],
  ['a wire name', { given: { listing_price: '1' }, want: invalid('body/listing_price') }],
  ['constructor', { given: { constructor: 1 }, want: invalid('body/constructor') }],
  ['a number as text', { given: { listPrice: '5' }, want: invalid('body/listPrice') }],
  ['a text as number', { given: { postalCode: 90210 }, want: invalid('body/postalCode') }],
  ['a boolean', { given: { city: true }, want: invalid('body/city') }],
  ['a record', { given: { city: {} }, want: invalid('body/city') }],
  ['a list', { given: { city: ['x'] }, want: invalid('body/city') }],
  ['a fraction of a bedroom', { given: { bedroomsTotal: 1.5 }, want: invalid('body/bedroomsTotal') }],
  ['photos as text', { given: { photoUrls: 'https://x.example/a' }, want: invalid('body/photoUrls') }],
  ['a photo that is null', { given: { photoUrls: [null] }, want: invalid('body/photoUrls/0') }],
  ['no record', { given: [], want: invalid('body') }],
  ['null', { given: null, want: invalid('body') }],
  ['text', { given: 'x', want: invalid('body') }],
  [
    'a listingUrl of 201 characters',
    { given: { listingUrl: 'https://x.example/'.padEnd(201, 'x') }, want: unprocessable('body/listingUrl') },
  ],
  ...['unparsedAddress', 'city', 'stateOrProvince', 'postalCode'].map(
    (field): [string, { given: unknown; want: object }] => [
      `a ${field} of 201 characters`,
      { given: { [field]: over(200) }, want: unprocessable(`body/${field}`) },
    ],
  ),
  ['a kind of 46 characters', { given: { propertySubType: over(45) }, want: unprocessable('body/propertySubType') }],
  ['a status of 46 characters', { given: { mlsStatus: over(45) }, want: unprocessable('body/mlsStatus') }],
  ['an empty text', { given: { city: '' }, want: unprocessable('body/city') }],
  ['a blank text', { given: { city: ' \t' }, want: unprocessable('body/city') }],
  ['a text of NUL characters', { given: { city: '\0\0' }, want: unprocessable('body/city') }],
  ['a text of half a character', { given: { listingId: '\ud800' }, want: unprocessable('body/listingId') }],
  ['a text of zero-width spaces', { given: { mlsStatus: '\u200b' }, want: unprocessable('body/mlsStatus') }],
  ['negative bedrooms', { given: { bedroomsTotal: -1 }, want: unprocessable('body/bedroomsTotal') }],
  ['too many bedrooms', { given: { bedroomsTotal: 2 ** 31 }, want: unprocessable('body/bedroomsTotal') }],
  ['the year 10000', { given: { yearBuilt: 10_000 }, want: unprocessable('body/yearBuilt') }],
  ['a negative price', { given: { listPrice: -0.01 }, want: unprocessable('body/listPrice') }],
  ['1e21', { given: { listPrice: 1e21 }, want: unprocessable('body/listPrice') }],
  ['a price with three decimals', { given: { listPrice: 1.005 }, want: unprocessable('body/listPrice') }],
  ['a price with nine decimals', { given: { listPrice: 0.000000001 }, want: unprocessable('body/listPrice') }],
  ['a high price with three decimals', { given: { listPrice: 99999999.999 }, want: unprocessable('body/listPrice') }],
  ['a negative area', { given: { livingArea: -1 }, want: unprocessable('body/livingArea') }],
  ['a latitude above 90', { given: { latitude: 90.000001 }, want: unprocessable('body/latitude') }],
  ['a longitude below -180', { given: { longitude: -180.1 }, want: unprocessable('body/longitude') }],
  [
    'a photo that is not a URL',
    { given: { photoUrls: ['https://p.example.com/ü'] }, want: unprocessable('body/photoUrls/0') },
  ],
  ...['javascript:alert(1)', 'JAVASCRIPT://%0aalert(1)', 'data:text/html,x', 'vbscript:x', 'www.example.com'].flatMap(
    (url): [string, { given: unknown; want: object }][] => [
      [`the photo ${url}`, { given: { photoUrls: [url] }, want: unprocessable('body/photoUrls/0') }],
      [`the listing page ${url}`, { given: { listingUrl: url }, want: unprocessable('body/listingUrl') }],
    ],
  ),
  ...[
    'yesterday',
    '2018-02-16',
    '2018-02-16T08:00:00',
    '2018-02-30T08:00:00Z',
    '2018-13-01T08:00:00Z',
    '2018-02-16T25:00:00Z',
    '2018-02-16 08:00:00Z',
    '2018-02-16\n08:00:00Z',
    '2018-02-16T08:00:00+05',
    '2018-02-16T08:00:00+25:00',
    '2016-12-31T23:59:60Z',
    '0000-01-01T00:00:00Z',
    '0001-01-01T00:00:00+10:00',
    '9999-12-31T23:59:59-10:00',
    '+010000-01-01T00:00:00Z',
    '',
  ].map((time): [string, { given: unknown; want: object }] => [
    `the time ${JSON.stringify(time)}`,
    { given: { lastSoldAt: time }, want: unprocessable('body/lastSoldAt') },
  ]),
]

test.for(refused)('%s is refused by both writes, and nothing is written', async ([, { given, want }]) => {
  expect(await patch(given)).toMatchObject(want)
  expect(await foyer().send('POST', '/events/7/properties', JSON.stringify(given), json)).toMatchObject(want)
  expect(listRequests(foyer())).toEqual([])
})

const json = { 'content-type': 'application/json' }

test.for(['{"listPrice": NaN}', '{"listPrice": 1e999}', '{"listPrice": Infinity}', '{"listPrice": 01}'])(
  '%s is 400',
  async (text) => {
    expect((await foyer().send('POST', '/events/7/properties', text, json)).status).toBe(400)
    expect(listRequests(foyer())).toEqual([])
  },
)

test('a 400 names all invalid fields', async () => {
  const reply = await create({ id: '1', ctiy: 'x', city: over(200), listPrice: 'much', latitude: 91 })

  expect(reply.status).toBe(400)
  expect(reply.body.errors.map(({ path }: { path: string }) => path).toSorted()).toEqual([
    'body/city',
    'body/ctiy',
    'body/id',
    'body/latitude',
    'body/listPrice',
  ])
})

test('a 422 names all values out of range', async () => {
  const reply = await create({ bathroomsHalf: 1, city: over(200), latitude: 91 })

  expect(reply.status).toBe(422)
  expect(reply.body.errors).toEqual([
    { path: 'body/bathroomsHalf', message: 'is read-only' },
    { path: 'body/city', message: 'has 201 characters; at most 200 are allowed' },
    { path: 'body/latitude', message: expect.any(String) },
  ])
})

test('characters are counted as code points, not as UTF-16 units', async () => {
  expect((await create({ propertySubType: '🏡'.repeat(46) })).body.errors).toEqual([
    { path: 'body/propertySubType', message: 'has 46 characters; at most 45 are allowed' },
  ])
})

test('no problem repeats a value of the caller', async () => {
  const reply = await create({ city: over(200).replaceAll('x', 'canary'), lastSoldAt: 'canary', photoUrls: ['canary'] })
  expect(reply.text).not.toContain('canary')
})

const photo = (length: number) => 'https://p.example.com/'.padEnd(length, 'x')

test('255 characters of photos are accepted, and 256 are 422 with the length', async () => {
  expect((await patch({ photoUrls: [photo(127), photo(127)] })).status).toBe(200)
  expect((await patch({ photoUrls: [photo(127), photo(128)] })).body).toMatchObject({
    code: 'unprocessable',
    status: 422,
    detail: expect.stringContaining('256'),
    errors: [{ path: 'body/photoUrls', message: expect.stringMatching(/256 characters.*255/) }],
  })
  expect((await create({ photoUrls: [photo(256)] })).status).toBe(422)
  expect(listRequests(foyer()).length).toBe(1)
})

test('a comma in a URL is sent as %2C and counts as three characters', async () => {
  const reply = await patch({ photoUrls: ['https://p.example.com/a,b', 'https://p.example.com/c'] })

  expect(listRequests(foyer())[0]?.body).toEqual({ images: 'https://p.example.com/a%2Cb,https://p.example.com/c' })
  expect(reply.body.photoUrls).toEqual(['https://p.example.com/a%2Cb', 'https://p.example.com/c'])
  expect((await patch({ photoUrls: [photo(255).replace('xx', ',x')] })).status).toBe(422)
})

test.for<[string, { given: object; want: object }]>([
  [
    'an offset',
    { given: { lastSoldAt: '2018-02-16T08:00:00-07:00' }, want: { last_sold_at: '2018-02-16T15:00:00.000Z' } },
  ],
  [
    'an offset over midnight',
    { given: { onMarketTimestamp: '2018-03-01T00:30:00+01:00' }, want: { listed_at: '2018-02-28T23:30:00.000Z' } },
  ],
  [
    'milliseconds',
    { given: { lastSoldAt: '2018-02-16T08:00:00.120Z' }, want: { last_sold_at: '2018-02-16T08:00:00.120Z' } },
  ],
  ['a leap day', { given: { lastSoldAt: '2024-02-29T00:00:00Z' }, want: { last_sold_at: '2024-02-29T00:00:00.000Z' } }],
  [
    'a time in small letters',
    { given: { lastSoldAt: '2018-02-16t08:00:00z' }, want: { last_sold_at: '2018-02-16T08:00:00.000Z' } },
  ],
  ['cents', { given: { listPrice: 0.07 }, want: { listing_price: '0.07' } }],
  ['many cents', { given: { listPrice: 123_456_789.07 }, want: { listing_price: '123456789.07' } }],
  [
    'a great many cents',
    { given: { estimatedValue: 999_999_999_999.99 }, want: { estimated_value: '999999999999.99' } },
  ],
  ['the maximum price', { given: { listPrice: 1e12 }, want: { listing_price: '1000000000000' } }],
  ['a price of zero', { given: { listPrice: 0 }, want: { listing_price: '0' } }],
  ['a very small area', { given: { livingArea: 1e-7 }, want: { square_feet: '0.0000001' } }],
  ['a very small longitude', { given: { longitude: -1.5e-9 }, want: { longitude: '-0.0000000015' } }],
  ['a leading zero', { given: { postalCode: '06880' }, want: { zip: '06880' } }],
  ['non-ASCII text', { given: { city: 'Montréal 海景 🏡' }, want: { city: 'Montréal 海景 🏡' } }],
  ['a name that looks like JSON', { given: { city: '{"$ne":null}' }, want: { city: '{"$ne":null}' } }],
  ['no photos', { given: { photoUrls: [] }, want: { images: null } }],
  ['200 characters of emoji', { given: { city: '🏡'.repeat(100) }, want: { city: '🏡'.repeat(100) } }],
])('%s on the wire', async ([, { given, want }]) => {
  expect((await patch(given)).status).toBe(200)
  expect(listRequests(foyer())[0]?.body).toEqual(want)
})
