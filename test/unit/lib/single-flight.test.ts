import { expect, test, vi } from 'vitest'
import { createSingleFlight } from '#src/lib/single-flight.ts'

test('concurrent callers of a key share one run, and those of another key do not', async () => {
  const flights = createSingleFlight<number>()
  const first = Promise.withResolvers<number>()
  const start = vi.fn(() => first.promise)
  const shared = [flights.run(start, 'a'), flights.run(start, 'a')]
  expect(await flights.run(async () => 2, 'b')).toBe(2)
  expect(flights.getPending('a')).toBe(shared[0])
  first.resolve(1)
  expect(await Promise.all(shared)).toEqual([1, 1])
  expect(start).toHaveBeenCalledTimes(1)
})

test('a call after the end of a run starts another, also after a failure', async () => {
  const flight = createSingleFlight<string>()
  await expect(flight.run(() => Promise.reject(new Error('lost')))).rejects.toThrow('lost')
  expect(flight.getPending()).toBeUndefined()
  expect(await flight.run(async () => 'found')).toBe('found')
  expect(await flight.run(async () => 'found again')).toBe('found again')
})

test('settle waits for all runs, whatever their outcome', async () => {
  const flights = createSingleFlight<void>()
  const run = Promise.withResolvers<void>()
  const failed = flights.run(() => run.promise).catch(() => 'failed')
  let isSettled = false
  const settled = flights.settle().then(() => {
    isSettled = true
  })
  await new Promise(setImmediate)
  expect(isSettled).toBe(false)
  run.reject(new Error('lost'))
  await settled
  expect(await failed).toBe('failed')
})
