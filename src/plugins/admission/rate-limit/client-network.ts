import { isIPv6 } from 'node:net'

/** Returns the IPv4 address, or the /64 prefix of an IPv6 address. */
export const toClientNetwork = (address: string): string => {
  if (!address.includes(':')) return address
  const [unscoped = ''] = address.split('%', 1)
  const plain = unscoped.replace(/^::ffff:(?=\d+\.)/i, '')
  return isIPv6(plain) ? toIpv6Groups(plain).slice(0, 4).join(':') : plain
}

/** The URL parser normalizes the notation of IPv6 addresses. */
const toIpv6Groups = (address: string): string[] => {
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const leading = head === '' ? [] : head.split(':')
  const trailing = tail ? tail.split(':') : []
  return [...leading, ...Array.from({ length: 8 - leading.length - trailing.length }, () => '0'), ...trailing]
}
