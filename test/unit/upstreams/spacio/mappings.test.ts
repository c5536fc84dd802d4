/** No record breaks a mapping. Unknown values are counted by field and kind, never with the value. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDriftLog } from '#src/mapping/drift.ts'
import { spacioMappings } from '#src/upstreams/spacio/mappings/index.ts'
import { createRunOptions } from '../../../support/properties.ts'
import {
  beforeLeads,
  createPage,
  createWireLead,
  openScriptedSpacio,
  type ScriptedSpacio,
} from '../../../support/spacio.ts'

const secret = 'Jane Doe <jane@example.com>'

/** Any JSON under the names that a table reads, and under malicious names. */
const recordsFor = (names: string[]) => {
  const value = fc.oneof(fc.jsonValue(), fc.constantFrom(-1, '', 'N/A', 'YES', '$1,0', secret, 1e308, -0))
  const name = fc.oneof(
    fc.constantFrom(...names, '__proto__', 'constructor', 'toString', 'hasOwnProperty', secret),
    fc.string(),
  )
  const parse = (entries: [string, unknown][]): unknown =>
    JSON.parse(`{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${JSON.stringify(inner)}`).join(',')}}`)
  const record = fc.array(fc.tuple(name, value)).map(parse)
  const deeper = fc.array(fc.tuple(name, fc.oneof(record, fc.array(record), value))).map(parse)
  return fc.oneof({ weight: 4, arbitrary: deeper }, { weight: 1, arbitrary: fc.jsonValue() })
}

describe.each(spacioMappings.map((mapping) => [mapping.name, mapping] as const))('%s', (_name, mapping) => {
  const names = mapping.fields.flatMap(({ from }) => from?.split('.') ?? [])

  test('decodes any JSON without throwing, to null or to all of its fields', () => {
    fc.assert(
      fc.property(recordsFor(names), (record) => {
        const drift = createDriftLog()
        const before = JSON.stringify(record)
        const decoded = mapping.decode(record, drift.note) as Record<string, unknown> | null
        if (decoded !== null)
          expect(Object.keys(decoded).sort()).toEqual(mapping.fields.map(({ field }) => field).sort())
        for (const { resource, field, kind, count } of drift.counts()) {
          expect(resource).toMatch(/^spacio\.\w+$/)
          expect(field).toMatch(/^(\(record\)|\(other\)|[A-Za-z_][A-Za-z0-9_.]{0,63})$/)
          expect(['unreadable', 'unknown-field']).toContain(kind)
          expect(count).toBeGreaterThan(0)
        }
        expect(JSON.stringify(drift.counts())).not.toContain('jane@')
        expect(JSON.stringify(record)).toBe(before)
        expect(Object.getPrototypeOf({})).toBe(Object.prototype)
      }),
      createRunOptions(150, { seed: 6 }),
    )
  })
})

describe('through the API', () => {
  let spacio: ScriptedSpacio

  beforeAll(async () => {
    spacio = await openScriptedSpacio({ now: () => new Date('2026-03-15T12:00:00Z') })
  })

  afterAll(() => spacio.close())

  const driftCounts = async () => {
    const { body } = await spacio.get('/upstreams')
    return body.data.find(({ system }: { system: string }) => system === 'spacio').drift
  }

  test('an unreadable value is null and counted, and the record is retained', async () => {
    const strange = {
      sid: 10191,
      price: 'Call for price',
      beds: { two: 2 },
      baths: 'two',
      mlsNo: ['AB'],
      image: { href: secret },
      agentOfRecord: secret,
    }
    spacio.answer({ 'v1/getProperty': strange })

    const reply = await spacio.get('/properties/10191')

    expect(reply.status).toBe(200)
    expect(reply.body).toMatchObject({
      sid: 10191,
      listPrice: null,
      bedroomsTotal: null,
      bathroomsTotal: null,
      listingId: null,
      photoUrls: [],
    })
    const counts = await driftCounts()
    const of = (field: string, kind: string) => ({ resource: 'spacio.property', field, kind, count: 1 })
    expect(counts).toEqual(
      expect.arrayContaining([
        ...['price', 'beds', 'baths', 'mlsNo', 'image'].map((field) => of(field, 'unreadable')),
        of('agentOfRecord', 'unknown-field'),
      ]),
    )
    expect(JSON.stringify(counts)).not.toContain('jane@')
  })

  test('a token reply without an e-mail address belongs to the requested agent', async () => {
    spacio.answer({ 'v1/getAccessToken': { accessToken: 'secret1' } })
    const { status, body } = await spacio.send('POST', '/agents/agent3@example.com/access-token')
    expect([status, body]).toEqual([200, { email: 'agent3@example.com', ukey: null, accessToken: 'secret1' }])
  })

  test.each([{}, { email: 'a@example.com' }, { accessToken: '' }, { accessToken: ['x'] }])(
    'the token reply %j is rejected',
    async (record) => {
      spacio.answer({ 'v1/getAccessToken': record })
      const reply = await spacio.send('POST', '/agents/agent3@example.com/access-token')
      expect(reply).toMatchObject({ status: 502, body: { code: 'upstream-invalid-response' } })
    },
  )

  test.each([
    ['no sid', { title: 'x' }],
    ['an unreadable sid', { sid: 'ten' }],
    ['a different sid than requested', { sid: 10192 }],
    ['an empty record', {}],
  ])('a property with %s is a problem', async (_name, record) => {
    spacio.answer({ 'v1/getProperty': record })
    expect(await spacio.get('/properties/10191')).toMatchObject({
      status: 502,
      body: { code: 'upstream-invalid-response' },
    })
  })

  test('one unusable record makes the whole list invalid', async () => {
    spacio.answer({ 'v1/getActivityList': { 1: { email: 'a@example.com' }, 2: { lastActive: '2026-03-01 00:00:00' } } })
    expect((await spacio.get('/brokerages/b1/activity')).body.code).toBe('upstream-invalid-response')
  })

  test('unusual field names are not inherited properties, and the count of names is limited', async () => {
    const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`field${index}`, secret]))
    const hostile = `{"1": {"name": "A", "__proto__": {"email": "${secret}"}, "constructor": 1, "${secret}": 2, ${JSON.stringify(many).slice(1, -1)}}}`
    spacio.answer({ ...beforeLeads, 'v1/getRegistrants': hostile })

    const reply = await spacio.get('/leads?sid=10191&actingAgent=agent1@example.com')

    expect(reply.status).toBe(200)
    expect(reply.body.data).toMatchObject([{ fullName: 'A', email: null }])
    expect(reply.text).not.toContain('jane@')
    const counts = await driftCounts()
    expect(counts.length).toBeLessThan(520)
    expect(counts.find(({ field }: { field: string }) => field === '(other)').count).toBeGreaterThan(4_000)
    expect(JSON.stringify(counts)).not.toContain('jane@')
  })

  test('include=source returns the unchanged records, including unusual names', async () => {
    const record = { ...createWireLead(1), note: '', futureField: { deep: [1] } }
    spacio.answer({ 'v1/getRegistrantsByTeam': createPage([record]) })
    const reply = await spacio.get('/leads?teamId=t1&include=source')
    expect(reply.body.data[0].source).toEqual({
      system: 'spacio',
      operation: 'getRegistrantsByTeam',
      fetchedAt: '2026-03-15T12:00:00Z',
      record,
    })
  })

  test('include=source of a list of bare addresses', async () => {
    spacio.answer({ 'v1/getClaimedList': '{ "a@example.com" }' })
    const reply = await spacio.get('/brokerages/b1/agents?include=source')
    expect(reply.body.data[0]).toMatchObject({ email: 'a@example.com', source: { record: 'a@example.com' } })
  })
})
