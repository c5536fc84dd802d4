import { expect, test } from 'vitest'
import type { OpenEmpty } from './contract.ts'
import { createSightings, listIds } from './sightings.ts'

export const describeTrims = (openEmpty: OpenEmpty): void => {
  test('drops entries that were both seen and created before; entries with unknown times stay', async () => {
    const store = await openEmpty()
    await store.appendNew('log', [...createSightings(['old', 'unknown'], null), ...createSightings(['young'], 50)], 10)
    await store.appendNew('log', [...createSightings(['both'], 1), ...createSightings(['edge'], 40)], 20)
    await store.appendNew('log', createSightings(['back-dated'], 1), 30)
    const before = await store.getLogState('log')
    await store.trimLog('log', { firstSeenAt: 30, createdAt: 40 })
    expect(await listIds(store, 'log')).toEqual(['old', 'unknown', 'young', 'edge', 'back-dated'])
    expect(await store.getLogState('log')).toEqual({ ...before, trimmedTo: 4 })
    expect(await store.readLog('log', 3, 1)).toMatchObject([{ seq: 5, id: 'edge' }])
  })

  test('trimmedTo never decreases, and a trim without dropped entries does not change it', async () => {
    const store = await openEmpty()
    await store.appendNew('log', [...createSightings(['a'], 9), ...createSightings(['b'], 1)], 10)
    await store.trimLog('log', { firstSeenAt: 10, createdAt: 100 })
    expect(await store.getLogState('log')).toMatchObject({ trimmedTo: 0 })
    await store.trimLog('log', { firstSeenAt: 11, createdAt: 5 })
    expect(await store.getLogState('log')).toMatchObject({ trimmedTo: 2 })
    await store.trimLog('log', { firstSeenAt: 11, createdAt: 100 })
    expect(await store.getLogState('log')).toMatchObject({ trimmedTo: 2, lastSeq: 2, polledAt: 10 })
    expect(await listIds(store, 'log')).toEqual([])
  })

  test('a position is never used again, and a trimmed id can be appended again', async () => {
    const store = await openEmpty()
    const startCount = await store.appendNew('log', createSightings(['a', 'b', 'c']), 10)
    await store.trimLog('log', { firstSeenAt: 100, createdAt: 100 })
    expect(await store.getLogState('log')).toEqual({ ...startCount, trimmedTo: 3 })
    expect(await store.appendNew('log', createSightings(['b', 'd']), 20)).toMatchObject({
      logId: startCount.logId,
      lastSeq: 5,
      trimmedTo: 3,
    })
    expect(await store.readLog('log', 0, 10)).toMatchObject([
      { seq: 4, id: 'b', firstSeenAt: 20 },
      { seq: 5, id: 'd' },
    ])
  })

  test('a trim creates no log', async () => {
    const store = await openEmpty()
    await store.trimLog('log', { firstSeenAt: 100, createdAt: 100 })
    expect(await store.getLogState('log')).toBeNull()
  })
}
