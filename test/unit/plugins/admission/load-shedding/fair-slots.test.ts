import { expect, test } from 'vitest'
import { createFairSlots, type SlotOwner } from '#src/plugins/admission/load-shedding/fair-slots.ts'

const owner = (tenant: string, client = 'web'): SlotOwner => ({ tenant, client })

const takeAll = (shares: ReturnType<typeof createFairSlots>, by: SlotOwner) => {
  const releases: (() => void)[] = []
  while (shares.canTake(by)) releases.push(shares.take(by))
  return releases
}

test('a single client gets a third of the slots, so that some stay free', () => {
  expect(takeAll(createFairSlots(300), owner('north'))).toHaveLength(100)
})

test('a tenant gets half of the slots, however many clients it has', () => {
  const shares = createFairSlots(256)
  for (let client = 0; client < 300; client += 1) takeAll(shares, owner('north', `${client}`))
  expect(shares.countTaken()).toBe(128)
})

test('each further tenant gets half of the remaining slots', () => {
  const shares = createFairSlots(256)
  const takenBy = (tenant: string): number => {
    const before = shares.countTaken()
    for (let client = 0; client < 300; client += 1) takeAll(shares, owner(tenant, `${client}`))
    return shares.countTaken() - before
  }
  expect(['north', 'south', 'east', 'west'].map(takenBy)).toEqual([128, 64, 32, 16])
})

test('a second client of a tenant finds free slots when the first uses its share', () => {
  const shares = createFairSlots(256)
  expect(takeAll(shares, owner('north', 'loud'))).toHaveLength(86)
  expect(takeAll(shares, owner('north', 'quiet')).length).toBeGreaterThan(20)
})

test('releasing a slot twice counts once', () => {
  const shares = createFairSlots(10)
  const release = shares.take(owner('north'))
  shares.take(owner('north'))
  release()
  release()
  expect(shares.countTaken()).toBe(1)
})

test('all slots are free again after all have been released', () => {
  const shares = createFairSlots(30)
  for (const release of takeAll(shares, owner('north'))) release()
  expect(shares.countTaken()).toBe(0)
  expect(takeAll(shares, owner('north'))).toHaveLength(10)
})
