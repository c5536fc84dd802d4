/**
 * The gateway reads few large windows at the same time, because all their leads are in memory until the last page has
 * arrived.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createEntry, everyGrant, everyScope, makeKey, writeDocument } from '../../support/clients.ts'
import { type Stub, startStub } from '../../support/stub.ts'
import { openGateway, type TestGateway } from '../../support/test-gateway.ts'

const tenants = ['a', 'b', 'c'] as const

type Tenant = (typeof tenants)[number]

const keys = { a: makeKey(), b: makeKey(), c: makeKey() }

/** Large windows have this number of leads, and one page per hundred. */
const largeCount = 2_100

let stub: Stub
let gateway: TestGateway

/** Replies to second pages that wait until a test releases them. */
const waiting: (() => void)[] = []

let hasMoved = false

const getLead = (index: number) => ({
  ...{ id: `id-${index}`, name: `Visitor ${index}`, email: 'v@example.com', phone: '1', answersObj: [], note: '' },
  ...{ hasAgent: 'NO', hasFinancing: 'NO', isBroker: 'NO', sid: 1, plid: 'A', agentEmail: 'a@example.com' },
  dateCreated: '2026-03-15 12:00:00',
})

const findField = (form: string, name: string): string => new RegExp(`name="${name}"\\s+(\\w+)`).exec(form)?.[1] ?? ''

beforeAll(async () => {
  stub = await startStub((request, response) => {
    let form = ''
    request.on('data', (chunk) => {
      form += chunk
    })
    request.on('end', () => {
      const page = Number(findField(form, 'page'))
      const isDisturbed = page === 3 && findField(form, 'bid') === 'moving' && !hasMoved
      hasMoved ||= isDisturbed
      const total = findField(form, 'bid').startsWith('small') ? 20 : largeCount
      const first = (page - 1) * 100
      const data = Array.from({ length: Math.min(100, total - first) }, (_, at) => getLead(first + at))
      const info = {
        resultsOnPage: data.length,
        totalCount: isDisturbed ? total - 1 : total,
        pageNumber: page,
        totalPages: Math.ceil(total / 100),
      }
      const reply = () => response.end(JSON.stringify({ info, data }))
      response.setHeader('content-type', 'application/json')
      if (page === 2) waiting.push(reply)
      else reply()
    })
  })
  const tenant = (id: Tenant) => ({
    id,
    spacio: { apiKey: id, baseUrl: stub.url },
    clients: [createEntry({ id: 'web', scopes: everyScope, grants: everyGrant }, keys[id])],
  })
  gateway = await openGateway({
    FOYER_AUTH: 'required',
    FOYER_TENANTS_FILE: writeDocument({ tenants: tenants.map(tenant) }),
  })
})

afterAll(async () => {
  await gateway.close()
  await stub.close()
})

const read = (tenant: Tenant, brokerageId: string) =>
  gateway.get(`/leads?brokerageId=${brokerageId}&from=2026-03-15&to=2026-03-15&limit=1`, { 'x-api-key': keys[tenant] })

const untilWaiting = (count: number) => expect.poll(() => waiting).toHaveLength(count)

test('two for each client and four in the process run at the same time, and smaller windows are unaffected', async () => {
  const held = [read('a', 'one'), read('a', 'two')]
  await untilWaiting(2)
  const refused = await read('a', 'three')
  expect(refused).toMatchObject({ status: 503, body: { code: 'overloaded', retryAfter: 2 } })
  expect(refused.body.detail).toContain('This client already reads 2 windows of more than 2000 leads')
  expect((await read('a', 'small')).status).toBe(200)

  held.push(read('b', 'one'), read('b', 'two'))
  await untilWaiting(4)
  expect((await read('c', 'one')).body.detail).toContain('This process already reads 4 windows')

  for (const reply of waiting.splice(0)) reply()
  expect((await Promise.all(held)).map(({ status, body }) => [status, body.pagination.total])).toEqual(
    Array(4).fill([200, largeCount]),
  )
  const again = read('c', 'one')
  await untilWaiting(1)
  waiting.splice(0)[0]?.()
  expect((await again).status).toBe(200)
})

test('a window that changes during the read takes one slot', async () => {
  const moving = read('a', 'moving')
  for (const _attempt of [1, 2]) {
    await untilWaiting(1)
    waiting.splice(0)[0]?.()
  }
  expect((await moving).status).toBe(200)
  expect(hasMoved).toBe(true)
  const both = [read('a', 'one'), read('a', 'two')]
  await untilWaiting(2)
  for (const reply of waiting.splice(0)) reply()
  expect((await Promise.all(both)).map(({ status }) => status)).toEqual([200, 200])
})
