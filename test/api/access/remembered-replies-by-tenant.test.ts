/**
 * The results that the gateway reuses for identical bytes are never older than these bytes, and never those of another
 * tenant.
 */
import type { IncomingMessage } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSpacioRequester } from '#src/upstreams/spacio/request.ts'
import { createResponseMemo } from '#src/upstreams/transport/response-memo.ts'
import type { Send } from '#src/upstreams/transport/types.ts'
import { createEntry, everyGrant, everyScope, makeKey, writeDocument } from '../../support/clients.ts'
import { type Stub, startStub } from '../../support/stub.ts'
import { openGateway, type TestGateway } from '../../support/test-gateway.ts'

const keys = { north: makeKey(), south: makeKey() }

type Tenant = keyof typeof keys

/** The data of the upstreams, by account. */
const visitors: Record<string, string[]> = {}

let stub: Stub
let gateway: TestGateway

const getLeads = (account: string) => ({
  info: {
    resultsOnPage: visitors[account]?.length,
    totalCount: visitors[account]?.length,
    pageNumber: 1,
    totalPages: 1,
  },
  data: visitors[account]?.map((name, index) => ({
    ...{
      id: `id-${index}`,
      name,
      email: 'v@example.com',
      phone: '1',
      hasAgent: 'NO',
      hasFinancing: 'NO',
      isBroker: 'NO',
    },
    ...{ answersObj: [{ question: '您好?', answer: 'N/A' }], note: '', sid: 1, plid: 'A', agentEmail: 'a@example.com' },
    dateCreated: '2026-03-15 12:00:00',
  })),
})

const getProperties = (account: string) => {
  const data = visitors[account]?.map((city, index) => ({ id: String(index), api_event_id: '7', city }))
  return { total: data?.length, limit: 50, skip: 0, data }
}

const getAccount = ({ headers }: IncomingMessage): string =>
  String(headers.apikey ?? headers.authorization?.replace('Bearer ', ''))

beforeAll(async () => {
  stub = await startStub((request, response) => {
    const account = getAccount(request)
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(request.url?.startsWith('/events') ? getProperties(account) : getLeads(account)))
  })
  const tenant = (id: Tenant) => ({
    id,
    spacio: { apiKey: id, baseUrl: stub.url },
    liondesk: { connections: [{ id: 'main', accessToken: id }] },
    clients: [createEntry({ id: 'web', scopes: everyScope, grants: everyGrant }, keys[id])],
  })
  gateway = await openGateway({
    LIONDESK_BASE_URL: stub.url,
    SPACIO_PAGING: 'direct',
    FOYER_AUTH: 'required',
    FOYER_TENANTS_FILE: writeDocument({ tenants: [tenant('north'), tenant('south')] }),
  })
})

afterAll(async () => {
  await gateway.close()
  await stub.close()
})

const lists = [
  ['leads', '/leads?brokerageId=b1&from=2026-03-15&to=2026-03-15', 'fullName'],
  ['leads, collected', '/leads?brokerageId=b1&from=2026-03-15&to=2026-03-15&timeZone=Europe/Berlin', 'fullName'],
  ['event properties', '/events/7/properties', 'city'],
] as const

test.for(lists)('%s', async ([, url, field]) => {
  const named = async (tenant: Tenant) => {
    const reply = await gateway.get(url, { 'x-api-key': keys[tenant] })
    expect(reply.status).toBe(200)
    return { names: reply.body.data.map((each: Record<string, unknown>) => each[field]), ...reply }
  }
  visitors.north = ['Ada', 'Ben']
  visitors.south = ['Ada', 'Ben']
  for (let time = 0; time < 4; time += 1) {
    expect((await named('north')).names.toSorted()).toEqual(['Ada', 'Ben'])
    expect((await named('south')).names.toSorted()).toEqual(['Ada', 'Ben'])
  }
  const [third, fourth] = [await named('north'), await named('north')]
  expect(fourth.text).toBe(third.text)
  expect(fourth.headers.etag).toBe(third.headers.etag)

  visitors.south = ['Cy', 'Ben']
  expect((await named('south')).names.toSorted()).toEqual(['Ben', 'Cy'])
  expect((await named('north')).names.toSorted()).toEqual(['Ada', 'Ben'])
  expect((await named('south')).names.toSorted()).toEqual(['Ben', 'Cy'])

  visitors.north = ['Ada', 'Bea']
  expect((await named('north')).names.toSorted()).toEqual(['Ada', 'Bea'])
  visitors.north = []
  expect((await named('north')).names).toEqual([])
})

test('tenants do not share cached results of equal bytes', async () => {
  const responseMemo = createResponseMemo()
  const body = Buffer.from(JSON.stringify([{ email: 'a@example.com', lastActive: '2026-03-15 12:00:00' }]))
  const getRecord = async (tenant: Tenant): Promise<unknown> => {
    const account = { tenant, baseUrl: stub.url, apiKey: 'shared', hourlyBudget: 1 }
    const send: Send = async (request) => request.read({ status: 200, retryAfter: null, body }, false)
    const ask = createSpacioRequester(account, send, () => new Date(), responseMemo)
    return (await ask('getActivityList', { bid: 'b1' }, { signal: new AbortController().signal })).records[0]
  }
  for (let time = 0; time < 2; time += 1) for (const tenant of ['north', 'south'] as const) await getRecord(tenant)
  const [north, south] = [await getRecord('north'), await getRecord('south')]
  expect(await getRecord('north')).toBe(north)
  expect(south).toEqual(north)
  expect(south).not.toBe(north)
})
