import { describe, expect, test } from 'vitest'
import { formatWireTime } from '../../../sandbox/time.ts'
import { fetch } from '../../support/http.ts'
import { callSpacio, spacioJson, useSandbox, year } from '../../support/sandbox.ts'

const current = useSandbox()
const strict = () => current().control.spacio.set({ strictJson: true })

describe('the twelve Spacio methods', () => {
  test('v1 getProperties: an object keyed from 1', async () => {
    const agent = current().world.agents[0]
    const properties = await spacioJson(current(), 'v1/getProperties', { ukey: agent?.ukey ?? '' })
    const owned = current().world.properties.filter(({ email }) => email === agent?.email)
    expect(Object.keys(properties)).toEqual(owned.map((_, index) => String(index + 1)))
    expect(properties['1']).toMatchObject({ sid: 10101, email: 'agent1@example.com', beds: 2, dimens: -1 })
  })

  test('v1 getProperty: thirteen fields', async () => {
    const property = await spacioJson(current(), 'v1/getProperty', { sid: 10101 })
    expect(Object.keys(property)).toEqual(
      'title price beds baths dimens type email addr1 addr2 url sid mlsNo image'.split(' '),
    )
    expect(property).toMatchObject({ price: '2300000', sid: 10101, addr2: '' })
  })

  test('v1 getOHSessions: pages of 100; the id tells the start; past the end is empty', async () => {
    const first = await spacioJson(current(), 'v1/getOHSessions', { sid: 10103, page: 1 })
    expect(first.info).toMatchObject({ resultsOnPage: 100, pageNumber: 1, totalPages: 2 })
    for (const session of first.data) {
      expect(session.sessionID).toMatch(/^[0-9a-f]{24}_\d{13}$/)
      expect(formatWireTime(Number(session.sessionID.split('_')[1]))).toBe(session.startTime)
    }
    const past = await spacioJson(current(), 'v1/getOHSessions', { sid: 10103, page: 9 })
    expect(past).toMatchObject({ info: { resultsOnPage: 0, pageNumber: 9 }, data: [] })
  })

  test('v1 getAccessToken and getRegistrants: nested answers, no id, sid, agent or note', async () => {
    const { accessToken, ...rest } = await spacioJson(current(), 'v1/getAccessToken', { email: 'agent1@example.com' })
    expect(rest).toEqual({ email: 'agent1@example.com', ukey: current().world.agents[0]?.ukey })
    const leads = await spacioJson(current(), 'v1/getRegistrants', { sid: 10101, atoken: accessToken })
    const wanted = current().world.leads.filter(({ sid }) => sid === 10101)
    expect(Object.keys(leads)).toHaveLength(wanted.length)
    expect(Object.keys(leads['1'])).toEqual('name email phone hasAgent hasFinancing answersObj dateCreated'.split(' '))
    const requests = Object.values<{ answersObj: object }>(leads).find(({ answersObj }) => '2' in answersObj)
    expect(requests?.answersObj).toMatchObject({
      '2': { questionObj: { type: 'mc', choices: { '0': { type: 'radio' } } } },
    })
  })

  test('v1 getAccessTokenBM: no ukey', async () => {
    const reply = await spacioJson(current(), 'v1/getAccessTokenBM', { email: 'manager1@example.com' })
    expect(reply).toEqual({ email: 'manager1@example.com', accessToken: expect.stringMatching(/^\w{16}$/) })
  })

  test('v2 getRegistrantsByBrokerage: paged, with a note', async () => {
    strict()
    const reply = await spacioJson(current(), 'v2/getRegistrantsByBrokerage', { bid: 'b1001', ...year, page: 2 })
    expect(reply.info).toMatchObject({ resultsOnPage: 100, pageNumber: 2 })
    expect(reply.data).toHaveLength(100)
    expect(reply.data[0]).toMatchObject({ note: expect.any(String), answersObj: expect.any(Array) })
    expect(reply.data[0]).not.toHaveProperty('autoEmailStatus')
  })

  test('v1 getRegistrantsByBrokerage: keyed, without a note', async () => {
    strict()
    const leads = await spacioJson(current(), 'v1/getRegistrantsByBrokerage', { bid: 'b1002', ...year })
    const wanted = current().world.leads.filter(({ bid }) => bid === 'b1002')
    expect(Object.keys(leads).length).toBeLessThanOrEqual(wanted.length)
    expect(leads['10'].id).toMatch(/^[0-9a-f]{24}$/)
    expect(leads['1']).not.toHaveProperty('note')
  })

  test('v1 getRegistrantsByTeam: with the state of the e-mail', async () => {
    strict()
    const { data } = await spacioJson(current(), 'v1/getRegistrantsByTeam', { tid: 't2003', ...year, page: 1 })
    expect(data[0].autoEmailStatus).toMatchObject({ sentToVisitor: expect.any(Boolean), details: expect.any(String) })
    expect(data[0]).not.toHaveProperty('note')
  })

  test('v1 getClaimedList: the claimed agents only', async () => {
    const { text } = await callSpacio(current(), 'v1/getClaimedList', { bid: 'b1001' })
    const emails = [...text.matchAll(/"([^"]+)"/g)].map(([, email]) => email)
    expect(emails).toEqual([1, 2, 3, 4, 5, 7].map((number) => `agent${number}@example.com`))
  })

  test('v1 getActivityList and getOHSessionCounts: keyed, within the window', async () => {
    const activity = await spacioJson(current(), 'v1/getActivityList', { bid: 'b1001', ...year })
    expect(activity['1']).toEqual({
      email: 'agent1@example.com',
      lastActive: expect.stringMatching(/^\d{4}-.+:\d{2}$/),
    })
    const counts = await spacioJson(current(), 'v1/getOHSessionCounts', { bid: 'b1002', ...year })
    expect(Object.keys(counts['1'])).toEqual([
      'dateHosted',
      'leadsCount',
      ...['propertyAddress', 'propertyCity', 'propertyState', 'propertyZip'],
    ])
  })
})

test('other paths are 404 in HTML, other methods 405', async () => {
  const unknown = await callSpacio(current(), 'v2/getProperty', { sid: 10101 })
  expect([unknown.status, unknown.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8'])
  const reply = await fetch(`${current().spacio.url}/api/v1/getProperty`)
  expect([reply.status, reply.headers.get('content-type')]).toEqual([405, 'text/html; charset=utf-8'])
})

test.each([
  ['application/x-www-form-urlencoded', 'sid=10101'],
  ['application/json', '{"sid":10101}'],
])('a body of %s is not seen', async (type, body) => {
  const headers = { apikey: current().spacio.apiKey, 'content-type': type }
  const reply = await fetch(`${current().spacio.url}/api/v1/getProperty`, { method: 'POST', headers, body })
  expect(await reply.text()).toBe('{"error":"invalid-sid"}')
})
