import { expect, test } from 'vitest'
import { networkOf } from '#src/plugins/rate-limit/network.ts'
import { createWindow } from '#src/plugins/rate-limit/window.ts'

test('a clock that is put back locks nobody out', () => {
  let now = Date.UTC(2026, 4, 4)
  const window = createWindow(1, () => now)
  window.take('x')
  now -= 3_600_000
  expect(window.take('x').isExceeded).toBe(false)
})

test.for([
  ['198.51.100.1', '198.51.100.1'],
  ['::ffff:198.51.100.1', '198.51.100.1'],
  ['2001:DB8:0:2:3:4:5:6', '2001:db8:0:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  ['::1', '0:0:0:0'],
  ['::', '0:0:0:0'],
  ['unknown', 'unknown'],
])('%s is of %s', ([address, network]) => {
  expect(networkOf(address as string)).toBe(network)
})
