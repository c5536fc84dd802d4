import { expect, test, vi } from 'vitest'
import { createLinkedAbort } from '#src/lib/linked-abort.ts'
import { mapIterable } from '#src/lib/map-iterable.ts'
import { withTimeout } from '#src/lib/timeout.ts'
import { waitForFirst } from '#src/lib/wait-for-first.ts'

const never = new Promise<never>(() => {})

test('work in time returns its result or its error', async () => {
  expect(await withTimeout(Promise.resolve(1), 60_000, () => new Error('slow'))).toBe(1)
  await expect(withTimeout(Promise.reject(new Error('lost')), 60_000, () => new Error('slow'))).rejects.toThrow('lost')
})

test('work that takes too long rejects with the error of the moment', async () => {
  await expect(withTimeout(never, 1, () => new Error('slow'))).rejects.toThrow('slow')
})

test('a linked signal aborts with the outer one and its reason, also if that has already aborted', () => {
  const outer = new AbortController()
  const { signal } = createLinkedAbort(outer.signal)
  outer.abort('gone')
  expect([signal.aborted, signal.reason]).toEqual([true, 'gone'])
  expect(createLinkedAbort(outer.signal).signal.reason).toBe('gone')
})

test('a linked signal aborts by itself, and no longer with the outer one after unlink', () => {
  const outer = new AbortController()
  const own = createLinkedAbort(outer.signal)
  own.abort('late')
  expect([own.signal.reason, outer.signal.aborted]).toEqual(['late', false])
  const { signal, unlink } = createLinkedAbort(outer.signal)
  unlink()
  outer.abort('gone')
  expect(signal.aborted).toBe(false)
})

test.for<[string, string, (provide: (value: string) => void, abort: () => void) => unknown, number]>([
  ['value', 'found', (provide) => setImmediate(provide, 'found'), 60_000],
  ['abort', 'aborted', (_provide, abort) => setImmediate(abort), 60_000],
  ['timeout', 'timeout', () => {}, 1],
])('the first event is a %s, and then the wait stops', async ([, outcome, act, timeoutMs]) => {
  const { signal, abort } = createLinkedAbort(new AbortController().signal)
  const stop = vi.fn()
  const first = waitForFirst<string>(timeoutMs, signal, (provide) => {
    act(provide, () => abort('gone'))
    return stop
  })
  expect(await first).toBe(outcome)
  expect(stop).toHaveBeenCalledTimes(1)
})

test('a wait with an aborted signal does not start', async () => {
  const start = vi.fn(() => () => {})
  expect(await waitForFirst(60_000, AbortSignal.abort(), start)).toBe('aborted')
  expect(start).not.toHaveBeenCalled()
})

async function* count(stopped: () => void) {
  try {
    for (let number = 1; number <= 2; number += 1) yield number
  } finally {
    stopped()
  }
}

test('a mapped iterable converts each value and ends with its source', async () => {
  expect(
    await Array.fromAsync(
      mapIterable(
        count(() => {}),
        String,
      ),
    ),
  ).toEqual(['1', '2'])
})

test('a mapped iterable that is stopped stops its source, also before the first value', async () => {
  const stopped = vi.fn()
  for await (const _ of mapIterable(count(stopped), String)) break
  expect(stopped).toHaveBeenCalledTimes(1)
  const returned = vi.fn(async () => ({ done: true as const, value: undefined }))
  const source = { [Symbol.asyncIterator]: () => ({ next: () => never, return: returned }) }
  await mapIterable(source, String)[Symbol.asyncIterator]().return?.()
  expect(returned).toHaveBeenCalledTimes(1)
})
