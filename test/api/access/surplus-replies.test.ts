/** A surplus reply never reaches a client, however it arrives. */
import { setImmediate } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createEntry, everyGrant, everyScope, makeKey, writeDocument } from '../../support/clients.ts'
import {
  type Arrival,
  createChunkedReply,
  createSizedReply,
  type SurplusServer,
  startSurplusServer,
} from '../../support/surplus-server.ts'
import { openGateway, type TestGateway } from '../../support/test-gateway.ts'

const keys = { northWeb: makeKey(), northApp: makeKey(), southWeb: makeKey() }

type Client = keyof typeof keys

type Time = 'with the sound one' | 'on the idle connection' | 'while the other waits for its own'

/** The framing of replies, and the time at which a surplus reply arrives. */
let frame = createSizedReply
let time: Time = 'with the sound one'

/** The last request on each connection. */
const latest = new Map<number, Arrival>()

let server: SurplusServer
let gateway: TestGateway

const getLead = (bid: string) => ({
  ...{ id: `id-${bid}`, name: bid, email: 'v@example.com', phone: '1', answersObj: [], note: '', sid: 1, plid: 'A' },
  ...{ hasAgent: 'NO', hasFinancing: 'NO', isBroker: 'NO', agentEmail: 'a@example.com' },
  dateCreated: '2026-03-15 12:00:00',
})

/** Each reply contains the requested brokerage or event. */
const replyTo = ({ path, text }: Arrival): string => {
  const event = /^\/events\/(\w+)\//.exec(path)?.[1]
  if (event) {
    return JSON.stringify({ total: 1, limit: 50, skip: 0, data: [{ id: '1', api_event_id: event, city: event }] })
  }
  const bid = /name="bid"\r\n\r\n(\w+)/.exec(text)?.[1] ?? ''
  const info = { resultsOnPage: 1, totalCount: 1, pageNumber: 1, totalPages: 1 }
  return JSON.stringify({ info, data: [getLead(bid)] })
}

const getTenant = ({ text }: Arrival): string => /north|south/.exec(text)?.[0] ?? ''

const repeatRepliesOfOthers = (arrival: Arrival): void => {
  for (const other of latest.values()) {
    if (getTenant(other) !== getTenant(arrival)) other.write(frame(replyTo(other)))
  }
  latest.set(arrival.connection, arrival)
}

const answer = (arrival: Arrival): void => {
  const reply = frame(replyTo(arrival))
  if (time === 'while the other waits for its own') repeatRepliesOfOthers(arrival)
  arrival.write(time === 'with the sound one' ? reply + reply : reply)
  if (time === 'on the idle connection') void setImmediate().then(() => arrival.write(reply))
}

/** Waits until all sent data has been read. */
const settle = async (): Promise<void> => {
  if (time !== 'while the other waits for its own') await expect.poll(() => server.countOpen()).toBe(0)
  else for (let turn = 0; turn < 8; turn += 1) await setImmediate()
}

beforeAll(async () => {
  server = await startSurplusServer(answer)
  const client = (id: Client) => createEntry({ id, scopes: everyScope, grants: everyGrant }, keys[id])
  const tenant = (id: string, ...clients: Client[]) => ({
    id,
    spacio: { apiKey: id, baseUrl: server.url },
    liondesk: { connections: [{ id: 'main', accessToken: id }] },
    clients: clients.map(client),
  })
  const tenants = [tenant('north', 'northWeb', 'northApp'), tenant('south', 'southWeb')]
  gateway = await openGateway({
    LIONDESK_BASE_URL: server.url,
    SPACIO_PAGING: 'direct',
    FOYER_AUTH: 'required',
    FOYER_TENANTS_FILE: writeDocument({ tenants }),
  })
})

afterAll(async () => {
  await gateway.close()
  await server.close()
})

const upstreams = [
  ['Spacio', (id: string) => `/leads?brokerageId=${id}&from=2026-03-15&to=2026-03-15`, 'fullName'],
  ['LionDesk', (id: string) => `/events/${id}/properties`, 'city'],
] as const

const frames = [
  ['with Content-Length', createSizedReply],
  ['in chunks', createChunkedReply],
] as const

describe.for(upstreams)('%s', ([, urlOf, field]) => {
  describe.for(frames)('%s', ([, as]) => {
    test.for([
      ['another tenant', 'southWeb', 'with the sound one'],
      ['another tenant', 'southWeb', 'on the idle connection'],
      ['another tenant', 'southWeb', 'while the other waits for its own'],
      ['another client of the tenant', 'northApp', 'with the sound one'],
      ['another client of the tenant', 'northApp', 'on the idle connection'],
    ] as const)('%s (%s) never sees a surplus reply that comes %s', async ([, other, when]) => {
      frame = as
      time = when
      latest.clear()
      for (let turn = 0; turn < 10; turn += 1) {
        const client = turn % 2 === 0 ? 'northWeb' : other
        const requests = `${client}${turn}`
        const reply = await gateway.get(urlOf(requests), { 'x-api-key': keys[client] })
        expect(reply.status).toBe(200)
        expect(reply.body.data.map((each: Record<string, unknown>) => each[field])).toEqual([requests])
        await settle()
      }
    })
  })
})
