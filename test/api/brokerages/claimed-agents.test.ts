/** Spacio's list of claimed agents may have several forms. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openScriptedSpacio, type ScriptedSpacio } from '../../support/spacio.ts'

let spacio: ScriptedSpacio

beforeAll(async () => {
  spacio = await openScriptedSpacio()
})

afterAll(() => spacio.close())

const [first, second] = ['a@example.com', 'b@example.com']

const layouts: [string, string, unknown][] = [
  ['texts in braces', `{ "${first}", "${second}" }`, first],
  ['an array of texts', JSON.stringify([first, second]), first],
  ['texts by position', JSON.stringify({ 1: first, 2: second }), first],
  ['an array of records', JSON.stringify([{ email: first }, { email: second }]), { email: first }],
  ['records by position', JSON.stringify({ 1: { email: first }, 2: { email: second } }), { email: first }],
  ['records with a comma too many', `[{"email":"${first}"},{"email":"${second}",},]`, { email: first }],
]

test.for(layouts)('%s', async ([, body, record]) => {
  spacio.answer({ 'v1/getClaimedList': body })
  expect((await spacio.get('/brokerages/b1/agents')).body.data).toEqual([{ email: first }, { email: second }])
  const { data } = (await spacio.get('/brokerages/b1/agents?include=source')).body
  expect(data[0].source.record).toEqual(record)
})

test.for([
  ['a record without an address', [{ email: first }, { name: 'b' }]],
  ['a number', [first, 7]],
  ['an empty address', [first, '']],
])('%s is refused: the list would be shorter', async ([, body]) => {
  spacio.answer({ 'v1/getClaimedList': body })
  expect(await spacio.get('/brokerages/b1/agents')).toMatchObject({ status: 502 })
})
