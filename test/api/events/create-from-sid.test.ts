/** `fromSid`: a Spacio property fills the fields that the request does not have. */
import { expect, test } from 'vitest'
import { listRequests, useSandboxAndGateway } from '../../support/liondesk.ts'

const foyer = useSandboxAndGateway()

const create = (body: object) => foyer().send('POST', '/events/7/properties', body)

const posted = (): Record<string, unknown> =>
  listRequests(foyer()).find(({ method }) => method === 'POST')?.body as never

/** Spacio answers `getProperty` with these fields and defaults for the others. */
const spacioAnswers = (record: Record<string, unknown>) =>
  foyer().sandbox.control.spacio.fault({
    operation: 'getProperty',
    kind: 'body',
    body: {
      title: 'T',
      price: '',
      beds: -1,
      baths: -1,
      dimens: -1,
      type: '',
      email: 'agent1@example.com',
      addr1: '',
      addr2: '',
      url: '',
      sid: 10101,
      mlsNo: '',
      image: '',
      ...record,
    },
  })

test('fromSid fills in the fields of the Spacio property, except the living area', async () => {
  const property = (await foyer().get('/properties/10103')).body
  expect(property).toMatchObject({ livingArea: 2410, bathroomsTotal: 2.5 })

  const reply = await create({ fromSid: 10103 })

  expect(reply.status).toBe(201)
  expect(posted()).toEqual({
    mls: property.listingId,
    url: property.listingUrl,
    address: property.unparsedAddress,
    beds: '4',
    full_baths: '2',
    type: property.propertySubType,
    listing_price: '1875000',
    images: property.photoUrls.join(','),
  })
  expect(reply.body).toMatchObject({ bedroomsTotal: 4, bathroomsFull: 2, bathroomsHalf: null, livingArea: null })
})

test('values of the caller override them, including null', async () => {
  await create({ fromSid: 10101, listPrice: null, bedroomsTotal: 9, livingArea: 100, photoUrls: [] })

  expect(posted()).toMatchObject({ listing_price: null, beds: '9', square_feet: '100', images: null, mls: 'AB123456' })
})

test('missing values of Spacio stay absent', async () => {
  spacioAnswers({ mlsNo: 'X1' })

  await create({ fromSid: 10101 })

  expect(posted()).toEqual({ mls: 'X1' })
})

const photo = (length: number, name: string) => `https://p.example.com/${name}`.padEnd(length, 'x')

test.for<[string, { given: Record<string, unknown>; want: Record<string, unknown> }]>([
  ['half bathrooms are floored', { given: { baths: 3.5 }, want: { full_baths: '3' } }],
  ['less than one bathroom is zero', { given: { baths: 0.5 }, want: { full_baths: '0' } }],
  ['a price with cents is copied', { given: { price: '$2,300,000.55' }, want: { listing_price: '2300000.55' } }],
  ['a high price with cents is copied', { given: { price: '123456789.07' }, want: { listing_price: '123456789.07' } }],
  ['a price with three decimals is omitted', { given: { price: '1.005' }, want: {} }],
  ['a negative price is omitted', { given: { price: '-5' }, want: {} }],
  ['a price above the limit is omitted', { given: { price: 1e13 }, want: {} }],
  ['too many bedrooms are omitted', { given: { beds: 2_147_483_648 }, want: {} }],
  ['negative bedrooms are omitted', { given: { beds: -2 }, want: {} }],
  ['a kind of 45 characters fits', { given: { type: 'k'.repeat(45) }, want: { type: 'k'.repeat(45) } }],
  ['a type of 46 characters is omitted', { given: { type: 'k'.repeat(46) }, want: {} }],
  ['46 letters with accents are omitted', { given: { type: 'e\u0301'.repeat(23) }, want: {} }],
  ['an address of 201 characters is omitted', { given: { addr1: 'a'.repeat(201) }, want: {} }],
  ['a link of 201 characters is omitted', { given: { url: `https://x.example/${'u'.repeat(190)}` }, want: {} }],
  ['a blank type is omitted', { given: { type: '   ' }, want: {} }],
  [
    'a photo that does not fit is omitted, but later ones are copied',
    {
      given: { image: [photo(200, 'a'), photo(100, 'b'), photo(54, 'c')] },
      want: { images: `${photo(200, 'a')},${photo(54, 'c')}` },
    },
  ],
  ['a photo of 255 characters fits', { given: { image: photo(255, 'a') }, want: { images: photo(255, 'a') } }],
  ['a photo of 256 characters is omitted', { given: { image: photo(256, 'a') }, want: {} }],
  [
    'a comma in a photo’s URL counts three',
    { given: { image: `https://p.example.com/a,b${'x'.repeat(230)}` }, want: {} },
  ],
  ['a photo that is not a URL is omitted', { given: { image: ['no url', 'javascript:alert(1)'] }, want: {} }],
])('%s', async ([, { given, want }]) => {
  spacioAnswers(given)

  const reply = await create({ fromSid: 10101 })

  expect(reply.status).toBe(201)
  expect(posted()).toEqual(want)
})

test('an unknown sid is 422, and nothing is posted', async () => {
  const reply = await create({ fromSid: 99999 })

  expect(reply).toMatchObject({
    status: 422,
    body: { code: 'unprocessable', errors: [{ path: 'body/fromSid', message: expect.any(String) }] },
  })
  expect(listRequests(foyer())).toEqual([])
})

test.for<[string, { given: object; want: object }]>([
  ['fails', { given: { kind: 'status', status: 500 }, want: { status: 502, body: { code: 'upstream-failed' } } }],
  ['resets', { given: { kind: 'reset' }, want: { status: 502, body: { code: 'upstream-failed' } } }],
  ['answers HTML', { given: { kind: 'html' }, want: { status: 502, body: { code: 'upstream-invalid-response' } } }],
  ['has no budget left', { given: { kind: 'rate-reached' }, want: { status: 503 } }],
  ['rejects the key', { given: { kind: 'error', code: 'not-authorized' }, want: { status: 502 } }],
])('when Spacio %s, the client gets that problem, and nothing is posted', async ([, { given, want }]) => {
  foyer().sandbox.control.spacio.fault({ operation: 'getProperty', ...given } as never)

  const reply = await create({ fromSid: 10101 })

  expect(reply).toMatchObject(want)
  expect(reply.body).toMatchObject({ upstream: { system: 'spacio', operation: 'getProperty' } })
  expect(reply.body).not.toHaveProperty('outcome')
  expect(listRequests(foyer())).toEqual([])
})

test.for([0, -1, 1.5, '10101', null, 10_000_000_000, true, [10101]])(
  'fromSid %j is rejected without a call to Spacio',
  async (fromSid) => {
    const reply = await create({ fromSid })

    expect([400, 422]).toContain(reply.status)
    expect(reply.body.errors).toMatchObject([{ path: 'body/fromSid' }])
    expect(foyer().sandbox.control.spacio.requests()).toEqual([])
    expect(listRequests(foyer())).toEqual([])
  },
)

test('without fromSid, Spacio receives no call', async () => {
  await create({ city: 'Reno' })
  expect(foyer().sandbox.control.spacio.requests()).toEqual([])
})

test('a patch does not accept fromSid', async () => {
  expect(await foyer().send('PATCH', '/events/7/properties/1', { fromSid: 10101 })).toMatchObject({
    status: 400,
    body: { errors: [{ path: 'body/fromSid', message: 'is not a field of this object' }] },
  })
})
