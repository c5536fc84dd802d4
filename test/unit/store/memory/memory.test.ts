import { describe, expect, test } from 'vitest'
import { createMemoryCounters } from '#src/store/memory/counters.ts'
import { createMemoryLogs } from '#src/store/memory/logs.ts'
import { createMemoryRecords } from '#src/store/memory/records.ts'
import { createMemoryValues } from '#src/store/memory/values.ts'

describe('memory limits', () => {
  test('logs: the least recently polled one is evicted completely, and the one just written never', async () => {
    const logs = createMemoryLogs({ entries: 10, logs: 3 })
    const sightings = (count: number) => Array.from({ length: count }, (_, id) => ({ id: `${id}`, createdAt: 1 }))
    const first = await logs.appendNew('first', sightings(4), 1)
    await logs.appendNew('second', sightings(4), 2)
    await logs.appendNew('first', [], 3)
    await logs.appendNew('third', sightings(4), 4)
    expect(await logs.getLogState('second')).toBeNull()
    expect(await logs.getLogState('first')).toMatchObject({ logId: first.logId, lastSeq: 4 })
    expect((await logs.appendNew('large', sightings(50), 5)).lastSeq).toBe(50)
    expect(await logs.getLogState('first')).toBeNull()
    expect(await logs.getLogState('third')).toBeNull()
    expect((await logs.appendNew('large', sightings(51), 5)).lastSeq).toBe(51)
    await logs.trimLog('large', { firstSeenAt: 9, createdAt: 9 })
    for (const name of ['a', 'b', 'c']) await logs.appendNew(name, [], 6)
    expect(await logs.getLogState('large')).toBeNull()
    expect((await logs.appendNew('first', [], 7)).logId).not.toBe(first.logId)
  })

  test('values: expired ones are evicted first, then the oldest with an expiry, and permanent ones never', async () => {
    let now = 0
    const values = createMemoryValues(() => now, 3)
    await values.set('lasting', 'a')
    await values.set('short', 'b', 10)
    await values.set('long', 'c', 1000)
    now = 10
    await values.set('next', 'd', 1000)
    expect(await values.get('long')).toBe('c')
    await values.extendIfEqual('long', 'c', 1000)
    await values.set('last', 'e')
    expect(await values.get('next')).toBeNull()
    await values.set('more', 'f')
    expect(await values.get('lasting')).toBe('a')
    await expect(values.set('too many', 'g')).rejects.toThrow(/full/)
    await values.set('more', 'h')
    expect(await values.get('more')).toBe('h')
  })
  test('records: the first one above the limit is rejected, and none is evicted', async () => {
    const records = createMemoryRecords(2)
    await records.putRecord('one', 'a', '1')
    await records.putRecord('two', 'a', '2')
    await expect(records.putRecord('one', 'b', '3')).rejects.toThrow(/full/)
    await records.putRecord('two', 'a', '4')
    expect(await records.removeRecord('one', 'a')).toBe(true)
    await records.putRecord('one', 'b', '3')
    expect(await records.getRecord('two', 'a')).toBe('4')
  })

  test('counters: expired ones are evicted, and valid ones never', async () => {
    let now = 0
    const counters = createMemoryCounters(() => now, 2)
    await counters.draw('short', 5, 5, 10)
    await counters.draw('long', 5, 5, 1000)
    await expect(counters.draw('new', 5, 5, 1000)).rejects.toThrow(/full/)
    expect(await counters.draw('short', 5, 5, 10)).toBe(0)
    now = 10
    expect(await counters.draw('new', 5, 5, 1000)).toBe(5)
    expect(await counters.getDrawn('long')).toBe(5)
  })
})
