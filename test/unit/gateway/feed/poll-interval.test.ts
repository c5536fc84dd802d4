import { describe, expect, test } from 'vitest'
import { getPollIntervalMs } from '#src/gateway/feed/poll-interval.ts'

const hour = 3_600_000
const settings = { minIntervalMs: 10_000, maxIntervalMs: 300_000 }
const hourlyBudget = 12_000
/** 60 % of the 95 % of the budget that may be used. */
const share = 6_840

describe('the poll interval', () => {
  test.each([
    ['the floor, while there is plenty', { callsPerRound: 3, usedThisHour: 0, now: 0 }, 10_000],
    ['the minimum interval if the cost is unknown', { callsPerRound: 0, usedThisHour: 100, now: 0 }, 10_000],
    ['the remaining share, spread evenly', { callsPerRound: 38, usedThisHour: 0, now: 0 }, 20_000],
    ['stretched as the budget runs low', { callsPerRound: 10, usedThisHour: share - 200, now: hour / 2 }, 90_000],
    ['no longer than the ceiling', { callsPerRound: 10, usedThisHour: share - 20, now: 0 }, 300_000],
    ['no remaining share: the next hour', { callsPerRound: 10, usedThisHour: share, now: hour - 1_200_000 }, 1_200_000],
    ['more than the share used by others', { callsPerRound: 10, usedThisHour: 11_000, now: hour - 500_000 }, 500_000],
    [
      'not quicker than the floor at the end of the hour',
      { callsPerRound: 9, usedThisHour: share, now: hour - 1 },
      10_000,
    ],
  ])('%s', (_name, present, want) => {
    expect(getPollIntervalMs(settings, { hourlyBudget, ...present })).toBeCloseTo(want, 3)
  })

  test.each([
    [1, 1, 0],
    [7, 40, 0],
    [100, 3, 0],
    [100, 30, 0],
    [2_000, 2, 0],
    [5, 10, 6_000],
    [5, 10, 9_000],
  ])('%i calls per poll, %i feeds and %i other calls never exceed the share of an hour', (calls, feeds, others) => {
    const due: number[] = new Array(feeds).fill(0)
    let used = others
    for (let now = 0; now < hour; now += 1_000) {
      for (const [feed, at] of due.entries()) {
        if (at > now) continue
        // The first poll of a feed does not wait, because its listener has just connected.
        used += calls
        due[feed] =
          now + getPollIntervalMs(settings, { callsPerRound: calls * feeds, hourlyBudget, usedThisHour: used, now })
      }
    }
    expect(used).toBeLessThanOrEqual(Math.max(share, others + calls * feeds))
  })
})
