import type { CallLimits } from '#src/upstreams/transport/types.ts'
import type { FaultInput } from '../../../sandbox/index.ts'
import type { NetworkFault } from './proxy.ts'

type UpstreamFault = Omit<FaultInput, 'operation'>

/** What strikes: on the way, or at the upstream itself. */
export interface Row {
  title: string
  /** In turn, and the last one for good; `nobody`: no server listens. */
  network?: readonly (NetworkFault | null)[] | 'nobody'
  upstream?: UpstreamFault | ((limits: CallLimits) => UpstreamFault)
  /** It ends only with a time limit: those are shortened. */
  isEndless?: boolean
}

/** A whole attempt takes as long, where limits are shortened. */
export const shortAttemptTimeoutMs = 1_200

const createBlackhole = (swallows: 'request' | 'reply'): NetworkFault => ({ kind: 'blackhole', swallows })

/** What strikes every time. Those that wait come first: later ones keep the machine busy. */
export const lastingFaults: Row[] = [
  { title: 'nothing goes wrong' },
  { title: 'no answer, the request swallowed', network: [createBlackhole('request')], isEndless: true },
  { title: 'no answer, the request taken', network: [createBlackhole('reply')], isEndless: true },
  { title: 'drip: a byte every 50 ms', network: [{ kind: 'drip', everyMs: 50 }], isEndless: true },
  {
    title: 'a reset late in the attempt, then no answer',
    network: [{ kind: 'reset-before-headers', ms: 0.7 * shortAttemptTimeoutMs }, createBlackhole('reply')],
    isEndless: true,
  },
  { title: 'latency 20 ms, jitter 30 ms', network: [{ kind: 'latency', ms: 20, jitter: 30 }] },
  { title: 'bandwidth 50 kB/s', network: [{ kind: 'bandwidth', bytesPerSecond: 50_000 }] },
  { title: 'nobody listens', network: 'nobody' },
  { title: 'reset, the request thrown away', network: [{ kind: 'reset' }] },
  { title: 'reset before the headers', network: [{ kind: 'reset-before-headers' }] },
  { title: 'cut in the middle of the body', network: [{ kind: 'cut' }] },
  { title: 'slow close: the connection was dead', network: [{ kind: 'slow-close', ms: 20 }] },
  { title: 'half a body, said to be whole', upstream: { kind: 'truncate' } },
  { title: 'an empty body', upstream: { kind: 'truncate', bytes: 0 } },
  { title: 'JSON of another shape', upstream: { kind: 'body', body: { hello: 'world' } } },
  { title: 'an HTML page with 200', upstream: { kind: 'html' } },
  { title: 'a redirect', upstream: { kind: 'redirect', location: 'https://elsewhere.example/' } },
  { title: '500', upstream: { kind: 'status', status: 500 } },
  { title: '503', upstream: { kind: 'status', status: 503 } },
  { title: '401', upstream: { kind: 'unauthorized' } },
  { title: 'too many calls', upstream: { kind: 'rate-reached' } },
  {
    title: 'a body larger than the class takes',
    upstream: ({ maxBytes }) => ({ kind: 'oversized', bytes: maxBytes + 1 }),
  },
  { title: 'a gzip bomb of 200 MiB', upstream: { kind: 'gzip-bomb' } },
]

const toPassing = ({ title, network, upstream }: Row): Row => ({
  title,
  ...(Array.isArray(network) && { network: [...network, null] }),
  ...(typeof upstream === 'object' && { upstream: { ...upstream, times: 1 } }),
})

/** Of these it is told, too, what comes of them when they strike once, and all is well again. */
const isPassingPattern = /^(reset|cut|slow close|half a body|500|401)/

export const passingFaults: Row[] = lastingFaults.filter(({ title }) => isPassingPattern.test(title)).map(toPassing)
