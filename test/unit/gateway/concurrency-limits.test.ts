import { expect, test } from 'vitest'
import { createPlaces } from '#src/gateway/concurrency-limits.ts'

const a1 = { tenant: 'a', client: '1' }
const a2 = { tenant: 'a', client: '2' }
const b1 = { tenant: 'b', client: '1' }
const c1 = { tenant: 'c', client: '1' }

test.each([
  ['client', { client: 2, tenant: 9, process: 9 }, [a1, a1], a1, a2],
  ['tenant', { client: 9, tenant: 2, process: 9 }, [a1, a2], a1, b1],
  ['process', { client: 9, tenant: 9, process: 2 }, [a1, b1], c1, null],
] as const)('no more than the limit of a %s', (level, limits, holders, refused, admitted) => {
  const places = createPlaces(limits)
  const [leave] = holders.map((caller) => places.take(caller))
  expect(places.take(refused)).toBe(level)
  if (admitted) expect(places.take(admitted)).toBeTypeOf('function')
  expect(leave).toBeTypeOf('function')
  ;(leave as () => void)()
  expect(places.take(refused)).toBeTypeOf('function')
})

test('a place is freed once, however often its holder leaves', () => {
  const places = createPlaces({ client: 2, tenant: 9, process: 9 })
  const leave = places.take(a1) as () => void
  places.take(a1)
  leave()
  leave()
  expect(places.take(a1)).toBeTypeOf('function')
  expect(places.take(a1)).toBe('client')
})
