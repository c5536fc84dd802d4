import { expect, test } from 'vitest'
import { createPoller, type FeedScope } from '#src/gateway/feed/poller.ts'
import type { Lead, LeadReader } from '#src/gateway/leads/reader.ts'
import { createMemoryStore } from '#src/store/memory/index.ts'

const day = 86_400_000
const start = Date.parse('2026-11-21T12:00:00Z')

const getScope = (id: string, tenant = 'north'): FeedScope => ({
  log: `${tenant} ${id}`,
  source: { kind: 'brokerage', id },
  context: { tenant },
})

/** An upstream with these leads. Each reading costs one call. */
const openPoller = (leads: readonly Partial<Lead>[] = []) => {
  const clock = { time: start }
  const store = createMemoryStore(() => clock.time)
  const stream: LeadReader['stream'] = async function* (_source, _window, { onRequest }) {
    onRequest?.()
    yield leads as Lead[]
  }
  const poller = createPoller(
    { stream, getAccountId: (tenant) => tenant } as LeadReader,
    store,
    7 * day,
    () => new Date(clock.time),
  )
  return { clock, store, poller }
}

test('leads of the same poll enter the log by time and then by id, and those without a time come first', async () => {
  const [noon, one] = ['2026-11-21T12:00:00Z', '2026-11-21T13:00:00Z']
  const leads = [
    { id: 'e', createdAt: one },
    { id: 'd', createdAt: noon },
    { id: 'b', createdAt: null },
    { id: 'c', createdAt: noon },
    { id: 'a', createdAt: null },
    { id: 'f', createdAt: one },
  ]
  for (const list of [leads, leads.toReversed()]) {
    const { poller, store } = openPoller(list)
    await poller.poll(getScope('b1'))
    const entries = await store.readLog(getScope('b1').log, 0, 10)
    expect(entries.map(({ id }) => id).join('')).toBe('abcdef')
  }
})

test('a round costs the calls of the feeds that the tenant polled in the last 65 minutes', async () => {
  const { clock, poller } = openPoller()
  await poller.poll(getScope('b1'))
  await poller.poll(getScope('b1'))
  await poller.poll(getScope('b1', 'south'))
  clock.time += 60 * 60_000
  await poller.poll(getScope('b2'))
  expect([poller.countCallsPerRound('north'), poller.countCallsPerRound('south')]).toEqual([2, 1])
  clock.time += 5 * 60_000
  expect([poller.countCallsPerRound('north'), poller.countCallsPerRound('south')]).toEqual([1, 0])
})

test('the poller stores the costs of at most 10,000 feeds', async () => {
  const { poller } = openPoller()
  for (let id = 0; id <= 10_000; id += 1) await poller.poll(getScope(`b${id}`))
  expect(poller.countCallsPerRound('north')).toBe(10_000)
})
