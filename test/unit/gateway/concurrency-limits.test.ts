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
  const limiter = createConcurrencyLimiter(limits)
  const [leave] = holders.map((caller) => limiter.acquire(caller))
  expect(limiter.acquire(refused)).toBe(level)
  if (admitted) expect(limiter.acquire(admitted)).toBeTypeOf('function')
  expect(leave).toBeTypeOf('function')
  ;(leave as () => void)()
  expect(limiter.acquire(refused)).toBeTypeOf('function')
})

test('a slot is freed only once, even if its release is called repeatedly', () => {
  const limiter = createConcurrencyLimiter({ client: 2, tenant: 9, process: 9 })
  const leave = limiter.acquire(a1) as () => void
  limiter.acquire(a1)
  leave()
  leave()
  expect(limiter.acquire(a1)).toBeTypeOf('function')
  expect(limiter.acquire(a1)).toBe('client')
})
