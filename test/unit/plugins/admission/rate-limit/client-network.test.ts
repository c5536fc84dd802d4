import { expect, test } from 'vitest'
import { toClientNetwork } from '#src/plugins/admission/rate-limit/client-network.ts'

test.for([
  ['198.51.100.1', '198.51.100.1'],
  ['::ffff:198.51.100.1', '198.51.100.1'],
  ['::FFFF:198.51.100.1', '198.51.100.1'],
  ['2001:DB8:0:2:3:4:5:6', '2001:db8:0:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['2001:db8::5:6:7:8', '2001:db8:0:0'],
  ['64:ff9b::ffff:198.51.100.1', '64:ff9b:0:0'],
  ['::3:4:5:6:7:8', '0:0:3:4'],
  ['1:2:3:4::', '1:2:3:4'],
  ['1::4:5:6:7:8', '1:0:0:4'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  ['::1', '0:0:0:0'],
  ['::', '0:0:0:0'],
  ['unknown', 'unknown'],
  ['un:known', 'un:known'],
] as const)('%s belongs to the network %s', ([address, network]) => {
  expect(toClientNetwork(address)).toBe(network)
})
