import { expect, test } from 'vitest'
import { createStaleIfErrorCache } from '#src/gateway/cache/stale-if-error-cache.ts'
import { createTokenCache } from '#src/upstreams/spacio/token-cache.ts'

const taken = (): number => {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

test('idle tenants need almost no memory', () => {
  const now = () => 0
  const before = taken()
  const idle = Array.from({ length: 200 }, () => [
    createStaleIfErrorCache(now),
    createTokenCache(
      () => Promise.reject(new Error('nobody asks')),
      now,
      () => false,
    ),
  ])
  const each = (taken() - before) / idle.length
  // Allocating memory for the maximum number of entries would need a megabyte.
  expect(each).toBeLessThan(100_000)
})
