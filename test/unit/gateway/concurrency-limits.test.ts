import { expect, test } from 'vitest'
import { createConcurrencyLimiter } from '#src/gateway/concurrency-limits.ts'

const a1 = { tenant: 'a', client: '1' }
const a2 = { tenant: 'a', client: '2' }
const b1 = { tenant: 'b', client: '1' }
const c1 = { tenant: 'c', client: '1' }

test.each([
  ['client', { client: 2, tenant: 9, process: 9 }, [a1, a1], a1, a2],
  ['tenant', { client: 9, tenant: 2, process: 9 }, [a1, a2], a1, b1],
  ['process', { client: 9, tenant: 9, process: 2 }, [a1, b1], c1, null],
] as const)('at most the limit of a %s runs at the same time', (level, limits, holders, refused, admitted) => {
  const places = createConcurrencyLimiter(limits)
  const [leave] = holders.map((caller) => places.acquire(caller))
  expect(places.acquire(refused)).toBe(level)
  if (admitted) expect(places.acquire(admitted)).toBeTypeOf('function')
  expect(leave).toBeTypeOf('function')
  ;(leave as () => void)()
  expect(places.acquire(refused)).toBeTypeOf('function')
})

test('a slot is freed only once, even if its release is called repeatedly', () => {
  const places = createConcurrencyLimiter({ client: 2, tenant: 9, process: 9 })
  const leave = places.acquire(a1) as () => void
  places.acquire(a1)
  leave()
  leave()
  expect(places.acquire(a1)).toBeTypeOf('function')
  expect(places.acquire(a1)).toBe('client')
})
