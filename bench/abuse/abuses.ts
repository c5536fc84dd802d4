/** Ways to abuse a gateway from outside. Each runs until it is stopped and reports the outcomes of its connections. */
import { setTimeout as wait } from 'node:timers/promises'
import { createKey } from '../tenants.ts'
import { abusiveTenants } from './gateway.ts'
import { createAbuser, formatRequest, type Outcomes } from './sockets.ts'

export interface Abuse {
  readonly name: string
  /** How the gateway limits it: a row of docs/resilience.md. */
  readonly happens: string
  readonly bound: string
  /** The allowed outcomes of its connections. The first one must occur. */
  readonly outcomes: readonly string[]
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

export const abuses: readonly Abuse[] = [
  {
    name: 'idle connections, 1,300 from one address',
    happens: '400 after 10 s; connections beyond the share of the network are closed',
    bound: 'half of the connections that are free for a network; 10 s for the headers of a request',
    outcomes: ['closed', '400', 'open'],
    run: runCrowd({ address: '127.0.0.2', connections: 1_300, text: () => '' }),
  },
  {
    name: 'bodies that never end, 300 from one client',
    happens: '408, or 503 `overloaded`; they occupy no slot of other clients',
    bound: '15 s for a request; 16 KiB for its body',
    outcomes: ['open', '408', '503', '429', 'closed'],
    run: runCrowd({
      address: '127.0.0.3',
      connections: 300,
      text: () => {
        const headers = { ...createKeyHeaders(oneTenant), 'content-type': 'application/json', 'content-length': '1000' }
        return formatRequest('/events/7/properties', headers, 'POST')
      },
    }),
  },
  {
    name: 'exports that the client does not read, 100 from one client',
    happens: 'two start and wait for the client to read; the others get 429 `rate-limited`',
    bound: '2 for a client, 3 for a tenant, 8 for the process; closed after 60 s without progress',
    outcomes: ['429', '200', '503', 'closed'],
    run: runCrowd({
      address: '127.0.0.5',
      connections: 100,
      reads: false,
      text: (index) =>
        formatRequest(`/leads/export?format=ndjson&brokerageId=export${index}`, createKeyHeaders(oneTenant)),
    }),
  },
  {
    name: 'windows of 19,000 leads, 72 requests from twelve tenants',
    happens: '422 `window-too-large` or 503 `overloaded`',
    bound: '2 for a client or a tenant, 4 for the process; 96 MiB of snapshots',
    outcomes: ['503', '422', '429', 'open', 'closed'],
    run: runCrowd({
      address: '127.0.0.7',
      connections: 72,
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
    name: 'requests without a key over 8 connections, without a pause',
    happens: '401; then 401 after one second, and closed connections',
    bound: '50 immediate rejections per second for a network',
    outcomes: ['401', '503', '429', 'open', 'closed'],
    run: runCrowd({ address: '127.0.0.8', connections: 8, text: () => formatRequest('/properties/10101').repeat(500) }),
  },
  {
    name: 'streams from one ticket, 600 of them',
    happens: 'as many as the connections of its network allow; others are closed',
    bound: '500 for a client, 1,000 for a tenant, 2,000 for the process',
    outcomes: ['200', '503', '429', '204', 'open', 'closed'],
    run: async (port, over) => {
      const ticket = await takeTicket(port)
      const text = () => formatRequest(`/leads/feed?brokerageId=b1&ticket=${ticket}`, { accept: 'text/event-stream' })
      return runCrowd({ address: '127.0.0.6', connections: 600, text })(port, over)
    },
  },
  {
    name: 'replies of 15 MiB from an upstream, 4 at a time',
    happens: '502 `upstream-invalid-response`, then 503 `upstream-unavailable`',
    bound: 'rows are counted before they are decoded; 64 MiB of replies for the process',
    outcomes: ['502', '503', '429', 'open', 'closed'],
    run: runCrowd({
      address: '127.0.0.9',
      connections: 4,
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
