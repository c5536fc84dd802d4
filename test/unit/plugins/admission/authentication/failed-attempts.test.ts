import { expect, test } from 'vitest'
import { createFailedAttempts } from '#src/plugins/admission/authentication/failed-attempts.ts'

const openFailures = () => {
  const clock = { time: Date.UTC(2026, 4, 4) }
  return { clock, ...createFailedAttempts(() => clock.time) }
}

const noteOften = (note: (address: string) => number | null, count: number, address = '192.0.2.1') =>
  Array.from({ length: count }, () => note(address)).at(-1)

test('a network may fail 30 times in the minute that begins with the first failure', () => {
  const { clock, record } = openFailures()
  expect(noteOften(record, 30)).toBeNull()
  clock.time += 18_001
  expect(record('192.0.2.1')).toBe(42)
  clock.time += 41_998
  expect(record('192.0.2.1')).toBe(1)
  clock.time += 1
  expect(noteOften(record, 30)).toBeNull()
  expect(record('192.0.2.1')).toBe(60)
})

test('an IPv6 network counts as a whole, and other networks are not affected', () => {
  const { record } = openFailures()
  for (let host = 0; host < 30; host += 1) expect(record(`2001:db8::${host.toString(16)}`)).toBeNull()
  expect(record('2001:db8::ffff')).toBe(60)
  expect(record('2001:db8:0:1::1')).toBeNull()
})

test('stores 10,000 networks and evicts the least recently failed one first', () => {
  const { record } = openFailures()
  noteOften(record, 31)
  for (let host = 1; host < 10_000; host += 1) record(`10.0.${host >> 8}.${host & 255}`)
  expect(record('192.0.2.1')).toBe(60)
  for (let host = 1; host <= 10_000; host += 1) record(`10.0.${host >> 8}.${host & 255}`)
  expect(record('192.0.2.1')).toBeNull()
})
