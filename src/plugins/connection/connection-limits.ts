import { BlockList, isIPv6, type Socket } from 'node:net'
import fp from 'fastify-plugin'
import { createCounts } from '#src/lib/counts.ts'
import { lazy } from '#src/lib/lazy.ts'
import { toClientNetwork } from '../admission/rate-limit/client-network.ts'

interface ConnectionLimitsOptions {
  /** Maximum number of open connections. */
  maxConnections?: number
  /**
   * Addresses and CIDR ranges of proxies. Their connections are exempt, because they carry the requests of many
   * clients.
   */
  trustedProxies: readonly string[]
}

/** The remaining descriptors are for upstreams, the store and files. */
const maxDescriptorShare = 0.75

/** Each connection also needs memory. */
const maxTotalConnections = 20_000

/**
 * Limits connections, so that the process never runs out of file descriptors. A network may have as many connections as
 * are free: a single network gets half of them.
 */
export default fp<ConnectionLimitsOptions>(
  async (app, { maxConnections = readMaxConnections(), trustedProxies }) => {
    const { server } = app
    const isTrusted = createAddressMatcher(trustedProxies)
    const counts = createCounts()
    let openCount = 0

    const track = (network: string, socket: Socket): void => {
      openCount += 1
      counts.add(network, 1)
      socket.once('close', () => {
        openCount -= 1
        counts.add(network, -1)
      })
    }

    server.maxConnections = maxConnections
    server.on('drop', () => app.metrics.recordRejectedConnection('process'))
    server.prependListener('connection', (socket: Socket) => {
      // The client has already disconnected.
      if (socket.remoteAddress === undefined) return
      const network = toClientNetwork(socket.remoteAddress)
      const isOverLimit = !isTrusted(socket.remoteAddress) && counts.get(network) >= maxConnections - openCount
      track(network, socket)
      if (!isOverLimit) return
      app.metrics.recordRejectedConnection('network')
      socket.destroy()
    })
  },
  { name: 'connection-limits', dependencies: ['telemetry'] },
)

const createAddressMatcher = (ranges: readonly string[]): ((address: string) => boolean) => {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', bits] = range.split('/')
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return (address) => list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}

/** Fields that the types of Node lack. */
interface ProcessReport {
  excludeNetwork: boolean
  getReport(): { readonly userLimits?: { readonly open_files?: { readonly soft: number | 'unlimited' } } }
}

/** Read once: a process report takes several milliseconds. */
const readMaxConnections = lazy((): number => {
  const report = process.report as unknown as ProcessReport
  const { excludeNetwork } = report
  // Otherwise the report resolves the host names of all addresses.
  report.excludeNetwork = true
  const { userLimits } = report.getReport()
  report.excludeNetwork = excludeNetwork
  const descriptors = userLimits?.open_files?.soft
  if (typeof descriptors !== 'number') return maxTotalConnections
  return Math.min(maxTotalConnections, Math.max(1, Math.floor(descriptors * maxDescriptorShare)))
})
