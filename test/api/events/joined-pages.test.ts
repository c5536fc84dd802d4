/** Lists of event properties that need several upstream pages are exact, or an error. */
import { beforeEach, describe, expect, test } from 'vitest'
import { listRequests, listRequestsByMethod, useSandboxAndGateway } from '../../support/liondesk.ts'

const foyer = useSandboxAndGateway()

const url = '/events/9/properties'

const invalid = {
  status: 502,
  body: { code: 'upstream-invalid-response', upstream: { system: 'liondesk', operation: 'find' } },
}

const liondesk = () => foyer().sandbox.control.liondesk

const ids = (): string[] =>
  liondesk()
    .records('9')
    .map(({ id }) => id)

const findIds = (reply: { body: any }): string[] => reply.body.data.map(({ id }: { id: string }) => id)

beforeEach(() => {
  liondesk().addRecords('9', { city: 'Reno', listing_price: '499900' }, 137)
  liondesk().set({ maximumLimit: 50 })
})

describe('an upstream that orders equal rows differently in each request', () => {
  beforeEach(() => void liondesk().set({ order: 'ties-vary' }))

  test.for(['', '&sort=-listPrice', '&sort=city', '&city=Reno'])('each row comes once: %s', async (more) => {
    const reply = await foyer().get(`${url}?limit=200${more}`)

    expect(reply.status).toBe(200)
    expect(findIds(reply).toSorted()).toEqual(ids().toSorted())
    expect(reply.body.pagination).toEqual({ total: 137, limit: 200, offset: 0 })
  })

  test('small pages that a client follows return each row once', async () => {
    const seen: string[] = []
    for (const offset of [0, 60, 120])
      seen.push(...findIds(await foyer().get(`${url}?limit=60&offset=${offset}&sort=city`)))

    expect(seen.toSorted()).toEqual(ids().toSorted())
  })
})

test('an upstream that orders all rows differently in each request is 502 after one more attempt', async () => {
  liondesk().set({ order: 'varies' })

  expect(await foyer().get(`${url}?limit=200`)).toMatchObject(invalid)
  expect(listRequests(foyer()).length).toBeLessThanOrEqual(6)
})

describe('a row that is deleted between two pages', () => {
  test('makes the gateway read the list once more', async () => {
    const [first] = ids()
    liondesk().removeRecordAfterFind(first as string)

    const reply = await foyer().get(`${url}?limit=200`)

    expect(findIds(reply)).toEqual(ids())
    expect(reply.body.pagination.total).toBe(136)
    expect(listRequests(foyer())).toHaveLength(5)
  })

  test('is 502 if it happens again in the second read', async () => {
    for (const id of ids().slice(0, 6)) liondesk().removeRecordAfterFind(id)

    expect(await foyer().get(`${url}?limit=200`)).toMatchObject(invalid)
  })

  test('does not silently empty the last page', async () => {
    const all = ids()
    for (const id of all.slice(101)) liondesk().removeRecord(id)
    liondesk().removeRecordAfterFind(all[0] as string)
    liondesk().removeRecordAfterFind(all[1] as string)

    const reply = await foyer().get(`${url}?limit=200`)

    expect(findIds(reply)).toEqual(ids())
  })
})

describe('rows without an id', () => {
  beforeEach(() => void liondesk().set({ omitId: true }))

  test('are all returned if one page contains them, even if they are equal', async () => {
    const reply = await foyer().get(`${url}?limit=50&offset=100`)

    expect([reply.status, reply.body.data.length]).toEqual([200, 37])
  })

  test('cannot be distinguished across pages: 502', async () => {
    expect(await foyer().get(`${url}?limit=200`)).toMatchObject(invalid)
  })
})

describe('a duplicate row', () => {
  const page = (data: object[], total = data.length) => ({ total, limit: 50, skip: 0, data })
  const answer = (body: unknown, times?: number) =>
    liondesk().fault({ operation: 'find', kind: 'body', body, ...(times && { times }) })

  test('with the same content is one row if a second read confirms it', async () => {
    answer(page([{ id: '1', city: 'Reno' }, { id: '1', city: 'Reno' }, { id: '2' }]))

    const reply = await foyer().get(url)

    expect(findIds(reply)).toEqual(['1', '2'])
    expect(reply.body.pagination.total).toBe(2)
    expect(listRequests(foyer())).toHaveLength(2)
  })

  test('is 502 for a part of the list, because its position is unknown', async () => {
    answer(page([{ id: '1' }, { id: '1' }], 9))

    expect(await foyer().get(`${url}?limit=2`)).toMatchObject(invalid)
  })
})

test('an endless list is 502 after a limited number of calls', async () => {
  liondesk().set({ maximumLimit: 1 })
  liondesk().fault({ operation: 'find', kind: 'body', body: { total: 1e9, limit: 1, skip: 0, data: [{ id: '1' }] } })

  expect(await foyer().get(`${url}?limit=200`)).toMatchObject(invalid)
  expect(listRequestsByMethod(foyer(), 'GET').length).toBeLessThanOrEqual(4)
})
