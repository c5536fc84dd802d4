/** Ways to abuse a gateway from outside. Each runs until it is stopped and reports the outcomes of its connections. */
import { setTimeout as wait } from 'node:timers/promises'
import type { ConcurrencyLimits } from '#src/gateway/concurrency-limits.ts'
import { streamLimits } from '#src/gateway/feed/index.ts'
import { exportLimits } from '#src/gateway/leads/export.ts'
import { largeListLimits } from '#src/gateway/leads/list.ts'
import { snapshotLimits } from '#src/gateway/leads/snapshots.ts'
import { MiB } from '#src/lib/units.ts'
import { defaultPromptRejections } from '#src/plugins/admission/load-shedding/index.ts'
import { createHttpLimits, defaultTimeouts } from '#src/plugins/connection/http-limits.ts'
import { maxInFlightReplyBytes } from '#src/upstreams/transport/buffered-bytes.ts'
import { createKey } from '../tenants.ts'
import { abusiveTenants } from './gateway.ts'
import { createAbuser, formatRequest, type Outcomes } from './sockets.ts'

export interface Abuse {
  readonly name: string
  /** How the gateway limits it: a row of the table in docs/resilience.md, with the limits of the code. */
  readonly happens: string
  readonly bound: string
  /** The allowed outcomes of its connections. The first one must occur. */
  readonly outcomes: readonly string[]
  /** True if the gateway mostly waits, so that several such abuses can run side by side on the same machine. */
  readonly mostlyWaits: boolean
  run(port: number, over: AbortSignal): Promise<Outcomes>
}

interface Crowd {
  /** A loopback address from which its connections come (Linux). */
  readonly address: string
  readonly connections: number
  readonly text: (index: number) => string
  /** False if replies are not read. */
  readonly reads?: boolean
}

const [oneTenant = ''] = abusiveTenants

const createKeyHeaders = (tenant: string) => ({ 'x-api-key': createKey(tenant) })

/** Maintains this number of open connections. Closed ones are reopened after a short pause. */
const runCrowd =
  ({ address, connections, text: createText, reads = true }: Crowd): Abuse['run'] =>
  async (port, over) => {
    const abuser = createAbuser(port, address)
    let open = 0
    for (let index = 0; !over.aborted; ) {
      for (; open < connections && index % 20 < 19; index += 1) {
        open += 1
        abuser.open(createText(index), { reads }).once('close', () => {
          open -= 1
        })
      }
      index += 1
      await wait(50)
    }
    abuser.end()
    return abuser.outcomes
  }

const takeTicket = async (port: number): Promise<string> => {
  const reply = await fetch(`http://127.0.0.1:${port}/leads/feed/tickets`, {
    method: 'POST',
    headers: { ...createKeyHeaders(oneTenant), 'content-type': 'application/json' },
    body: JSON.stringify({ brokerageId: 'b1' }),
  })
  const { ticket } = (await reply.json()) as { ticket: string }
  return ticket
}

/** The number of connections of each abuse. */
const crowds = {
  idle: 1_300,
  bodies: 300,
  exports: 100,
  windows: 72,
  anonymous: 8,
  streams: 600,
  replies: 4,
}

const { bodyLimit } = createHttpLimits()
const [headersSeconds, requestSeconds, unreadSeconds] = [
  defaultTimeouts.headersMs / 1_000,
  defaultTimeouts.requestMs / 1_000,
  defaultTimeouts.unreadMs / 1_000,
]

const toMiB = (bytes: number): number => bytes / MiB

const formatCount = (count: number): string => count.toLocaleString('en-US')

const formatLimits = ({ client, tenant, process }: ConcurrencyLimits): string =>
  `${formatCount(client)} for a client, ${formatCount(tenant)} for a tenant, ${formatCount(process)} for the process`

export const abuses: readonly Abuse[] = [
  {
    name: `idle connections, ${formatCount(crowds.idle)} from one address`,
    happens: `400 after ${headersSeconds} s; connections beyond the share of the network are closed`,
    bound: `half of the connections that are free for a network; ${headersSeconds} s for the headers of a request`,
    outcomes: ['closed', '400', 'open'],
    mostlyWaits: true,
    run: runCrowd({ address: '127.0.0.2', connections: crowds.idle, text: () => '' }),
  },
  {
    name: `bodies that never end, ${crowds.bodies} from one client`,
    happens: '408, or 503 `overloaded`; they occupy no slot of other clients',
    bound: `${requestSeconds} s for a request; ${bodyLimit / 1024} KiB for its body`,
    outcomes: ['open', '408', '503', '429', 'closed'],
    mostlyWaits: true,
    run: runCrowd({
      address: '127.0.0.3',
      connections: crowds.bodies,
      text: () => {
        const headers = { ...createKeyHeaders(oneTenant), 'content-type': 'application/json', 'content-length': '1000' }
        return formatRequest('/events/7/properties', headers, 'POST')
      },
    }),
  },
  {
    name: `exports that the client does not read, ${crowds.exports} from one client`,
    happens: `${exportLimits.client} start and wait for the client to read; the others get 429 \`rate-limited\``,
    bound: `${formatLimits(exportLimits)}; closed after ${unreadSeconds} s without progress`,
    outcomes: ['429', '200', '503', 'closed'],
    mostlyWaits: true,
    run: runCrowd({
      address: '127.0.0.5',
      connections: crowds.exports,
      reads: false,
      text: (index) =>
        formatRequest(`/leads/export?format=ndjson&brokerageId=export${index}`, createKeyHeaders(oneTenant)),
    }),
  },
  {
    name: `windows of 19,000 leads, ${crowds.windows} requests from ${abusiveTenants.length} tenants`,
    happens: '422 `window-too-large` or 503 `overloaded`',
    bound: `${formatLimits(largeListLimits)}; ${toMiB(snapshotLimits.maxProcessBytes)} MiB of snapshots`,
    outcomes: ['503', '422', '429', 'open', 'closed'],
    mostlyWaits: false,
    run: runCrowd({
      address: '127.0.0.7',
      connections: crowds.windows,
      text: (index) => {
        const headers = {
          ...createKeyHeaders(abusiveTenants[index % abusiveTenants.length] as string),
          connection: 'close',
        }
        return formatRequest(`/leads?brokerageId=wide${index}`, headers)
      },
    }),
  },
  {
    name: `requests without a key over ${crowds.anonymous} connections, without a pause`,
    happens: '401; then 401 after one second, and closed connections',
    bound: `${defaultPromptRejections} immediate rejections per second for a network`,
    outcomes: ['401', '503', '429', 'open', 'closed'],
    mostlyWaits: false,
    run: runCrowd({
      address: '127.0.0.8',
      connections: crowds.anonymous,
      text: () => formatRequest('/properties/10101').repeat(500),
    }),
  },
  {
    name: `streams from one ticket, ${crowds.streams} of them`,
    happens: 'as many as the connections of its network allow; others are closed',
    bound: formatLimits(streamLimits),
    outcomes: ['200', '503', '429', '204', 'open', 'closed'],
    mostlyWaits: true,
    run: async (port, over) => {
      const ticket = await takeTicket(port)
      const text = () => formatRequest(`/leads/feed?brokerageId=b1&ticket=${ticket}`, { accept: 'text/event-stream' })
      return runCrowd({ address: '127.0.0.6', connections: crowds.streams, text })(port, over)
    },
  },
  {
    name: `replies of 15 MiB from an upstream, ${crowds.replies} at a time`,
    happens: '502 `upstream-invalid-response`, then 503 `upstream-unavailable`',
    bound: `rows are counted before they are decoded; ${toMiB(maxInFlightReplyBytes)} MiB of replies for the process`,
    outcomes: ['502', '503', '429', 'open', 'closed'],
    mostlyWaits: false,
    run: runCrowd({
      address: '127.0.0.9',
      connections: crowds.replies,
      text: () => formatRequest('/leads?sid=9999', { ...createKeyHeaders(oneTenant), connection: 'close' }),
    }),
  },
]

/** Only part of the combined run; another test verifies its limits. */
export const extraAbuses: readonly Pick<Abuse, 'name' | 'run'>[] = [
  {
    name: 'responses that the client does not read',
    run: runCrowd({
      address: '127.0.0.4',
      connections: 300,
      reads: false,
      text: () => formatRequest('/docs/static/swagger-ui-bundle.js'),
    }),
  },
]
