/** Long work runs in slices, between which the event loop continues. */
import { describe, expect, test } from 'vitest'
import { createSlices, type Steps } from '#src/upstreams/transport/slices.ts'

/** A clock that advances by a millisecond at each read. */
const createTick = () => {
  let present = 0
  return () => {
    present += 1
    return present
  }
}

const createCounter = () => {
  let pauses = 0
  return {
    pause: async () => {
      pauses += 1
    },
    pauses: () => pauses,
  }
}

function* countTo(last: number, seen: number[] = []): Steps<number> {
  for (let step = 1; step <= last; step += 1) {
    seen.push(step)
    yield
  }
  return last
}

test('short work returns its value without a pause', () => {
  const { pause, pauses } = createCounter()
  expect(createSlices({ pause, now: createTick() }).run(countTo(5))).toBe(5)
  expect(pauses()).toBe(0)
})

test('long work pauses every ten milliseconds', async () => {
  const { pause, pauses } = createCounter()
  expect(await createSlices({ pause, now: createTick() }).run(countTo(100))).toBe(100)
  expect(pauses()).toBe(10)
})

test('errors of steps reach the caller', async () => {
  const slices = createSlices({ now: createTick() })
  function* failing(after: number): Steps<never> {
    yield* countTo(after)
    throw new Error('unreadable')
  }
  expect(() => slices.run(failing(1))).toThrow('unreadable')
  await expect(slices.run(failing(50))).rejects.toThrow('unreadable')
})

test('several long tasks take turns, one slice per turn of the event loop', async () => {
  const slices = createSlices({ now: createTick() })
  const seen: string[] = []
  function* named(name: string): Steps<void> {
    for (let step = 0; step < 30; step += 1) {
      if (seen.at(-1) !== name) seen.push(name)
      yield
    }
  }
  let turns = 0
  const count = () => {
    turns += 1
    if (turns < 100) setImmediate(count)
  }
  const first = slices.run(named('a'))
  const second = slices.run(named('b'))
  setImmediate(count)
  await first
  const turnsOfFirst = turns
  await second
  expect(seen.slice(0, 4)).toEqual(['a', 'b', 'a', 'b'])
  expect(turnsOfFirst).toBeGreaterThanOrEqual(3)
})

describe('a pacer', () => {
  test('pauses at the end of a slice and then starts a new one', async () => {
    let present = 0
    const { pause, pauses } = createCounter()
    const pace = createSlices({ pause, now: () => present }).createPacer()
    present = 9
    expect(pace()).toBeUndefined()
    present = 10
    await pace()
    present = 19
    expect(pace()).toBeUndefined()
    expect(pauses()).toBe(1)
  })
})
