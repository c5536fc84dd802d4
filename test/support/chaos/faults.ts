import type { CallLimits } from '#src/upstreams/transport/types.ts'
import type { FaultInput } from '../../../sandbox/index.ts'
import type { NetworkFault } from './proxy.ts'

type UpstreamFault = Omit<FaultInput, 'operation'>

/** A fault in the network or in the upstream: one row of the table. */
export interface Row {
  title: string
  /** One for each exchange; the last one repeats. `unreachable`: no server listens. */
  network?: readonly (NetworkFault | null)[] | 'unreachable'
  upstream?: UpstreamFault | ((limits: CallLimits) => UpstreamFault)
  /** Only a time limit ends it, so the test shortens the limits. */
  isEndless?: boolean
}

/** The timeout of an attempt with shortened limits. */
export const shortAttemptTimeoutMs = 1_200

const createBlackhole = (swallows: 'request' | 'reply'): NetworkFault => ({ kind: 'blackhole', swallows })

/** Faults that repeat. The slow ones come first, because later ones keep the machine busy. */
export const lastingFaults: Row[] = [
  { title: 'no fault' },
  { title: 'no reply; the request is lost', network: [createBlackhole('request')], isEndless: true },
  { title: 'no reply; the upstream has the request', network: [createBlackhole('reply')], isEndless: true },
  { title: 'a slow reply: one byte every 50 ms', network: [{ kind: 'drip', everyMs: 50 }], isEndless: true },
  {
    title: 'a reset late in the attempt, then no reply',
    network: [{ kind: 'reset-before-headers', ms: 0.7 * shortAttemptTimeoutMs }, createBlackhole('reply')],
    isEndless: true,
  },
  { title: 'latency 20 ms, jitter 30 ms', network: [{ kind: 'latency', ms: 20, jitter: 30 }] },
  { title: 'bandwidth 50 kB/s', network: [{ kind: 'bandwidth', bytesPerSecond: 50_000 }] },
  { title: 'connection refused', network: 'unreachable' },
  { title: 'reset; the request is lost', network: [{ kind: 'reset' }] },
  { title: 'reset before the response headers', network: [{ kind: 'reset-before-headers' }] },
  { title: 'connection closed in the middle of the body', network: [{ kind: 'cut' }] },
  { title: 'a dead connection, closed late', network: [{ kind: 'slow-close', ms: 20 }] },
  { title: 'a truncated body with a matching length', upstream: { kind: 'truncate' } },
  { title: 'an empty body', upstream: { kind: 'truncate', bytes: 0 } },
  { title: 'JSON of another shape', upstream: { kind: 'body', body: { hello: 'world' } } },
  { title: 'an HTML page with 200', upstream: { kind: 'html' } },
  { title: 'a redirect', upstream: { kind: 'redirect', location: 'https://elsewhere.example/' } },
  { title: '500', upstream: { kind: 'status', status: 500 } },
  { title: '503', upstream: { kind: 'status', status: 503 } },
  { title: '401', upstream: { kind: 'unauthorized' } },
  { title: 'too many calls', upstream: { kind: 'rate-reached' } },
  {
    title: 'a body larger than the limit of the class',
    upstream: ({ maxBytes }) => ({ kind: 'oversized', bytes: maxBytes + 1 }),
  },
  { title: 'a gzip bomb of 200 MiB', upstream: { kind: 'gzip-bomb' } },
]

const toPassing = ({ title, network, upstream }: Row): Row => ({
  title,
  ...(Array.isArray(network) && { network: [...network, null] }),
  ...(typeof upstream === 'object' && { upstream: { ...upstream, times: 1 } }),
})

/** These faults are also tested as single faults, after which the upstream works again. */
const isPassingPattern = /^(reset|connection closed|a dead|a truncated|500|401)/

export const passingFaults: Row[] = lastingFaults.filter(({ title }) => isPassingPattern.test(title)).map(toPassing)
