import { expect, test } from 'vitest'
import { createShares, type Payer } from '#src/plugins/admission/load-shedding/tenant-fairness.ts'

const payer = (tenant: string, client = 'web'): Payer => ({ tenant, client })

const takeAll = (shares: ReturnType<typeof createShares>, by: Payer) => {
  const releases: (() => void)[] = []
  while (shares.canTake(by)) releases.push(shares.take(by))
  return releases
}

test('a single client gets a third of the slots, so that some stay free', () => {
  expect(takeAll(createShares(300), payer('north'))).toHaveLength(100)
})

test('a tenant gets half of the slots, however many clients it has', () => {
  const shares = createShares(256)
  for (let client = 0; client < 300; client += 1) takeAll(shares, payer('north', `${client}`))
  expect(shares.countTaken()).toBe(128)
})

test('each further tenant gets half of the remaining slots', () => {
  const shares = createShares(256)
  const takenBy = (tenant: string): number => {
    const before = shares.countTaken()
    for (let client = 0; client < 300; client += 1) takeAll(shares, payer(tenant, `${client}`))
    return shares.countTaken() - before
  }
  expect(['north', 'south', 'east', 'west'].map(takenBy)).toEqual([128, 64, 32, 16])
})

test('a second client of a tenant finds free slots when the first uses its share', () => {
  const shares = createShares(256)
  expect(takeAll(shares, payer('north', 'loud'))).toHaveLength(86)
  expect(takeAll(shares, payer('north', 'quiet')).length).toBeGreaterThan(20)
})

test('releasing a slot twice counts once', () => {
  const shares = createShares(10)
  const release = shares.take(payer('north'))
  shares.take(payer('north'))
  release()
  release()
  expect(shares.countTaken()).toBe(1)
})

test('all slots are free again after all have been released', () => {
  const shares = createShares(30)
  for (const release of takeAll(shares, payer('north'))) release()
  expect(shares.countTaken()).toBe(0)
  expect(takeAll(shares, payer('north'))).toHaveLength(10)
})
