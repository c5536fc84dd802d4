/** Spacio keys lists by position. A repeated position is an error, never a shorter list. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createWireLead, openScriptedSpacio, type ScriptedSpacio } from '../../support/spacio.ts'

let clock = Date.parse('2026-03-15T12:00:00Z')
let spacio: ScriptedSpacio

beforeAll(async () => {
  spacio = await openScriptedSpacio({ now: () => new Date(clock) })
})

afterAll(() => spacio.close())

beforeEach(() => {
  clock += 3600_000
})

const url = '/leads?brokerageId=b1&from=2026-03-01&to=2026-03-01'

/** A brokerage whose key has no v2, so that its leads arrive as one keyed list. */
const getList = (...members: [string, object][]) => {
  const list = `{${members.map(([key, lead]) => `"${key}": ${JSON.stringify(lead)}`).join(', ')}}`
  spacio.answer({ 'v1/getRegistrantsByBrokerage': list })
  return list
}

const [one, two, three] = [createWireLead(1), createWireLead(2), createWireLead(3)]

const invalid = { status: 502, body: { code: 'upstream-invalid-response' } }

test.for<[string, () => void]>([
  ['twice', () => getList(['1', one], ['2', two], ['2', three])],
  ['twice, out of order', () => getList(['2', one], ['1', two], ['2', three])],
  ['twice, once with an escape', () => getList(['1', one], ['\\u0031', two])],
  [
    'twice in a list that has to be repaired',
    () => {
      const list = getList(['1', one], ['2', two], ['2', three])
      spacio.answer({ 'v1/getRegistrantsByBrokerage': list.replace(/\}$/, ',}') })
    },
  ],
])('a position that occurs %s is 502', async ([, answer]) => {
  answer()
  expect(await spacio.get(url)).toMatchObject(invalid)
  expect(await spacio.get(`${url}&include=source`)).toMatchObject(invalid)
})

test('a duplicate position in the answers of a lead is 502', async () => {
  const list = getList(['1', { ...one, answersObj: '#' }])
  const answers = '{"1": {"question": "a", "answer": "b"}, "1": {"question": "c", "answer": "d"}}'
  spacio.answer({ 'v1/getRegistrantsByBrokerage': list.replace('"#"', answers) })
  expect(await spacio.get(url)).toMatchObject(invalid)
})

test('a duplicate position in a list of agents is 502', async () => {
  spacio.answer({ 'v1/getClaimedList': '{"1": "a@example.com", "1": "b@example.com"}' })
  expect(await spacio.get('/brokerages/b1/agents')).toMatchObject(invalid)
})

test('a page with a duplicate list is 502', async () => {
  const page = `{"info": {"resultsOnPage": 1, "totalCount": 1, "totalPages": 1}, "data": [${JSON.stringify(one)}]`
  spacio.answer({ 'v1/getRegistrantsByTeam': `${page}, "data": [${JSON.stringify(two)}]}` })
  expect(await spacio.get(url.replace('brokerageId=b1', 'teamId=t1'))).toMatchObject(invalid)
})

test('positions in another order are accepted', async () => {
  getList(['10', one], ['9', two], ['2', three])
  expect((await spacio.get(url)).body.pagination.total).toBe(3)
})
