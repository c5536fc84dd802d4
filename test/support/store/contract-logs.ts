import { describe, expect, test } from 'vitest'
import type { OpenEmpty } from './contract.ts'
import { describeTrims } from './contract-trims.ts'
import { hostileTexts } from './hostile-texts.ts'
import { createNumbered, createSightings, listIds } from './sightings.ts'

const describeAppends = (openEmpty: OpenEmpty): void => {
  test('appends in the order given, with the times given', async () => {
    const store = await openEmpty()
    const state = await store.appendNew(
      'log',
      [
        { id: 'b', createdAt: 1_700_000_000_123 },
        { id: 'a', createdAt: null },
        { id: 'c', createdAt: -1 },
      ],
      1_700_000_000_999,
    )
    expect(state).toEqual({ logId: expect.any(String), lastSeq: 3, trimmedTo: 0, polledAt: 1_700_000_000_999 })
    expect(state.logId.length).toBeGreaterThanOrEqual(16)
    expect(await store.readLog('log', 0, 10)).toEqual([
      { seq: 1, id: 'b', createdAt: 1_700_000_000_123, firstSeenAt: 1_700_000_000_999 },
      { seq: 2, id: 'a', createdAt: null, firstSeenAt: 1_700_000_000_999 },
      { seq: 3, id: 'c', createdAt: -1, firstSeenAt: 1_700_000_000_999 },
    ])
    expect(await store.getLogState('log')).toEqual(state)
  })

  test('an id given twice in one call counts once, as it was given first', async () => {
    const store = await openEmpty()
    const twice = [...createSightings(['a', 'b'], 1), ...createSightings(['a', 'c'], 2)]
    expect(await store.appendNew('log', twice, 7)).toMatchObject({ lastSeq: 3 })
    expect(await store.readLog('log', 0, 10)).toMatchObject([
      { seq: 1, id: 'a', createdAt: 1 },
      { seq: 2, id: 'b' },
      { seq: 3, id: 'c' },
    ])
  })

  test('known ids keep their entry, and new ones follow without a gap', async () => {
    const store = await openEmpty()
    const before = await store.appendNew('log', createSightings(['a', 'b'], 1), 10)
    const after = await store.appendNew('log', createSightings(['x', 'a', 'y', 'b', 'z'], 2), 20)
    expect(after).toEqual({ ...before, lastSeq: 5, polledAt: 20 })
    expect(await store.readLog('log', 0, 10)).toEqual([
      { seq: 1, id: 'a', createdAt: 1, firstSeenAt: 10 },
      { seq: 2, id: 'b', createdAt: 1, firstSeenAt: 10 },
      { seq: 3, id: 'x', createdAt: 2, firstSeenAt: 20 },
      { seq: 4, id: 'y', createdAt: 2, firstSeenAt: 20 },
      { seq: 5, id: 'z', createdAt: 2, firstSeenAt: 20 },
    ])
  })

  test('an empty call creates the log, and only updates the time of an existing one', async () => {
    const store = await openEmpty()
    expect(await store.getLogState('log')).toBeNull()
    expect(await store.readLog('log', 0, 10)).toEqual([])
    const startCount = await store.appendNew('log', [], 10)
    expect(startCount).toMatchObject({ lastSeq: 0, trimmedTo: 0, polledAt: 10 })
    expect(await store.appendNew('log', [], 20)).toEqual({ ...startCount, polledAt: 20 })
    expect(await store.appendNew('log', createSightings(['a']), 30)).toEqual({
      ...startCount,
      lastSeq: 1,
      polledAt: 30,
    })
    expect(await store.appendNew('log', createSightings(['a']), 40)).toEqual({
      ...startCount,
      lastSeq: 1,
      polledAt: 40,
    })
    expect(await store.getLogState('log')).toEqual({ ...startCount, lastSeq: 1, polledAt: 40 })
  })

  test('the state that a call returned does not change under its holder', async () => {
    const store = await openEmpty()
    const first = await store.appendNew('log', createSightings(['a']), 10)
    await store.appendNew('log', createSightings(['b']), 20)
    expect(first).toMatchObject({ lastSeq: 1, polledAt: 10 })
  })

  test('logs are apart from one another', async () => {
    const store = await openEmpty()
    const one = await store.appendNew('one', createSightings(['a', 'b']), 10)
    const two = await store.appendNew('two', createSightings(['b', 'c', 'd']), 20)
    expect(one.logId).not.toBe(two.logId)
    expect(await listIds(store, 'one')).toEqual(['a', 'b'])
    expect(await listIds(store, 'two')).toEqual(['b', 'c', 'd'])
    await store.trimLog('two', { firstSeenAt: 100, createdAt: 100 })
    expect(await store.getLogState('one')).toEqual(one)
    expect(await listIds(store, 'one')).toEqual(['a', 'b'])
    expect(await listIds(store, 'two')).toEqual([])
  })

  test('takes 2,000 known ids and 5 new ones', async () => {
    const store = await openEmpty()
    await store.appendNew('log', createSightings(createNumbered(2000)), 10)
    const mixed = createNumbered(2005).reverse()
    expect(await store.appendNew('log', createSightings(mixed), 20)).toMatchObject({ lastSeq: 2005 })
    expect(await listIds(store, 'log', 2000)).toEqual(mixed.slice(0, 5))
  })

  test.each(['ids', 'log names'])('malicious %s are returned unchanged, each one separate', async (kind) => {
    const store = await openEmpty()
    if (kind === 'ids') {
      for (let round = 0; round < 2; round += 1) await store.appendNew('log', createSightings(hostileTexts), round)
      expect(await listIds(store, 'log')).toEqual(hostileTexts)
      return
    }
    for (const [index, name] of hostileTexts.entries())
      await store.appendNew(name, createSightings([`${index}`]), index)
    for (const [index, name] of hostileTexts.entries()) {
      expect(await listIds(store, name)).toEqual([`${index}`])
      expect(await store.getLogState(name)).toMatchObject({ lastSeq: 1, polledAt: index })
    }
  })
}

const describeReads = (openEmpty: OpenEmpty): void =>
  test.each([
    [0, 3, [1, 2, 3]],
    [3, 3, [4, 5, 6]],
    [8, 3, [9, 10]],
    [10, 3, []],
    [11, 3, []],
    [-5, 2, [1, 2]],
    [0, 0, []],
    [0, -1, []],
    [9, Number.MAX_SAFE_INTEGER, [10]],
  ])('reads after %d at most %d', async (after, limit, positions) => {
    const store = await openEmpty()
    await store.appendNew('log', createSightings(createNumbered(10)), 10)
    expect((await store.readLog('log', after, limit)).map(({ seq }) => seq)).toEqual(positions)
  })

const describeFinds = (openEmpty: OpenEmpty): void => {
  test('finds the entry of each id, and of no other, in its own log only', async () => {
    const store = await openEmpty()
    await store.appendNew('log', createSightings(hostileTexts, 7), 10)
    await store.appendNew('other', [{ id: 'mine', createdAt: null }], 20)
    for (const entry of await store.readLog('log', 0, 100))
      expect(await store.findLogEntry('log', entry.id)).toEqual(entry)
    expect(await store.findLogEntry('other', 'mine')).toEqual({ seq: 1, id: 'mine', createdAt: null, firstSeenAt: 20 })
    expect(await store.findLogEntry('log', 'mine')).toBeNull()
    expect(await store.findLogEntry('no such log', 'mine')).toBeNull()
  })

  test('does not find an entry that was trimmed', async () => {
    const store = await openEmpty()
    await store.appendNew('log', createSightings(['old'], 1), 10)
    await store.appendNew('log', createSightings(['new'], 100), 100)
    await store.trimLog('log', { firstSeenAt: 50, createdAt: 50 })
    expect(await store.findLogEntry('log', 'old')).toBeNull()
    expect(await store.findLogEntry('log', 'new')).toMatchObject({ seq: 2, createdAt: 100 })
  })
}

export const describeLogs = (openEmpty: OpenEmpty): void => {
  describe('appends', () => describeAppends(openEmpty))
  describe('reads', () => describeReads(openEmpty))
  describe('finds', () => describeFinds(openEmpty))
  describe('trims', () => describeTrims(openEmpty))
}
