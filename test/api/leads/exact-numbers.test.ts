/** Spacio may send ids, postal codes and other texts as JSON numbers. Their digits must not change. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { beforeLeads, openScriptedSpacio, type ScriptedSpacio } from '../../support/spacio.ts'

const id = '9007199254740993'
const lead = `{"id":${id},"name":"Ada","email":"ada@example.com","phone":5551234567.0,"plid":12345.10,"sid":10191,"dateCreated":"2026-03-01 10:00:00"}`

/** The same list in forms that are decoded differently: as an array, keyed, and with a defect that is repaired. */
const layouts: [string, string][] = [
  ['an array', `[${lead}]`],
  ['keyed records', `{"1":${lead}}`],
  ['a comma too many', `{"1":${lead},}`],
  ['another number with leading zeros', `[${lead.replace('10191', '0010191')}]`],
]

let spacio: ScriptedSpacio

beforeAll(async () => {
  spacio = await openScriptedSpacio({ now: () => new Date('2026-03-15T12:00:00Z') })
})

afterAll(() => spacio.close())

const window = 'from=2026-03-01&to=2026-03-14'
const expected = { id, phone: '5551234567.0', listingId: '12345.10', sid: 10191 }

test.for(layouts)('leads of a brokerage, v1, as %s', async ([, list]) => {
  spacio.answer(({ operation }) => ({
    body: operation.startsWith('v2') ? '"access-denied"' : list,
  }))
  for (const source of ['', '&include=source']) {
    const { body } = await spacio.get(`/leads?brokerageId=b1&${window}${source}`)
    expect(body.data[0]).toMatchObject(expected)
    if (source) expect(body.data[0].source.record).toMatchObject({ id, plid: '12345.10' })
  }
})

test.for(layouts)('leads of a team, a page at a time, as %s', async ([, list]) => {
  const info = '{"resultsOnPage":1,"totalCount":1,"pageNumber":1,"totalPages":1.0}'
  spacio.answer({ 'v1/getRegistrantsByTeam': `{"info":${info},"data":${list}}` })
  for (const source of ['', '&include=source']) {
    const { body } = await spacio.get(`/leads?teamId=t1&${window}${source}`)
    expect(body.data[0]).toMatchObject(expected)
  }
})

test('an export above the buffer limit', async () => {
  const filler = `{"id":"x","note":"${'n'.repeat(1_200_000 / 4)}","dateCreated":"2026-03-01 10:00:00"}`
  const list = `[${lead},${Array.from({ length: 4 }, (_, index) => filler.replace('"x"', `"x${index}"`)).join(',')}]`
  spacio.answer(({ operation }) => ({ body: operation.startsWith('v2') ? '"access-denied"' : list }))
  const { body: text } = await spacio.app.inject({
    url: `/leads/export?brokerageId=b1&${window}`,
    headers: { accept: 'application/x-ndjson' },
  })
  const rows = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(rows).toHaveLength(5)
  expect(rows.find((row) => row.id === id)).toMatchObject(expected)
})

test('a postal code with a leading zero', async () => {
  spacio.answer({
    'v1/getOHSessionCounts':
      '{"1":{"dateHosted":"2026-03-02 10:00:00","leadsCount":007,"propertyAddress":0042,"propertyZip":06498}}',
  })
  for (const source of ['', '&include=source']) {
    const { body } = await spacio.get(`/brokerages/b1/open-houses?${window}${source}`)
    expect(body.data[0]).toMatchObject({ postalCode: '06498', unparsedAddress: '0042', leadCount: 7 })
    if (source) expect(body.data[0].source.record).toMatchObject({ propertyZip: '06498' })
  }
})

test('a property whose numbers have leading zeros', async () => {
  spacio.answer({
    'v1/getProperty': '{"sid":0010191,"mlsNo":00123,"beds":-01,"baths":02.50,"price":00499900,"email":"a@example.com"}',
  })
  expect((await spacio.get('/properties/10191')).body).toMatchObject({
    sid: 10191,
    listingId: '00123',
    bedroomsTotal: null,
    bathroomsTotal: 2.5,
    listPrice: 499900,
  })
})

test('a sid with a fraction that a double cannot represent is rejected', async () => {
  spacio.answer({ 'v1/getProperty': '{"sid":10191.00000000000000000001,"email":"a@example.com"}' })
  expect(await spacio.get('/properties/10191')).toMatchObject({ status: 502 })
})

test('the visitors of a property', async () => {
  spacio.answer({
    ...beforeLeads,
    'v1/getRegistrants':
      '{"1":{"name":"Ada","phone":5551234567.0,"dateCreated":"2026-03-01 10:00:00","answersObj":{"0":{"answer":1.10,"questionObj":{"questionID":9007199254740993}}}}}',
  })
  for (const source of ['', '?include=source']) {
    const { body } = await spacio.get(`/leads?sid=10191${source.replace('?', '&')}`)
    expect(body.data[0]).toMatchObject({
      phone: '5551234567.0',
      answers: [{ questionId: '9007199254740993', answer: '1.10' }],
    })
  }
})
