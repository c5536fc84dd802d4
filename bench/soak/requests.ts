/** A mix of client requests: reads, lists, reports, exports, writes and invalid requests. */
import type { Random } from '../budget/random.ts'

export interface Request {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  path: string
  headers?: Record<string, string>
  body?: string
}

const fresh = { 'cache-control': 'no-cache' }
const json = { 'content-type': 'application/json' }

const get = (path: string, headers?: Record<string, string>): Request => ({
  method: 'GET',
  path,
  ...(headers && { headers }),
})

export const createRequests = (random: Random) => {
  const below = (count: number): number => Math.floor(random() * count)
  const sid = () => 10_101 + below(60)
  const agent = () => `agent${1 + below(5)}%40example.com`
  const brokerage = () => `b100${1 + below(2)}`
  let keys = 0
  /** Created records that are not removed yet. */
  const created: string[] = []

  const create = (): Request => {
    keys += 1
    const headers = random() < 0.5 ? { ...json, 'idempotency-key': `soak-${keys}` } : json
    return {
      method: 'POST',
      path: '/events/9/properties',
      headers,
      body: JSON.stringify({ listingId: `soak-${keys}`, city: 'Westport', listPrice: keys }),
    }
  }

  const change = (): Request => {
    const path = created[below(created.length)] ?? '/events/9/properties/none'
    return { method: 'PATCH', path, headers: json, body: JSON.stringify({ daysOnMarket: below(100) }) }
  }

  const remove = (): Request => ({ method: 'DELETE', path: created.shift() ?? '/events/9/properties/none' })

  const mix: readonly (readonly [share: number, make: () => Request])[] = [
    [20, () => get(`/properties/${sid()}`)],
    [10, () => get(`/properties/${sid()}`, fresh)],
    [10, () => get(`/properties/${sid()}/open-houses`)],
    [6, () => get(`/agents/${agent()}/properties?limit=10`)],
    [8, () => get(`/leads?sid=${sid()}&limit=20`)],
    [5, () => get(`/leads?brokerageId=${brokerage()}&limit=50`)],
    [4, () => get(`/leads?brokerageId=${brokerage()}&limit=50&offset=50`)],
    [3, () => get(`/leads?teamId=t200${1 + below(3)}&hasAgent=true`)],
    [3, () => get(`/leads/feed?brokerageId=${brokerage()}`)],
    [4, () => get(`/brokerages/${brokerage()}/agents`)],
    [3, () => get(`/brokerages/${brokerage()}/activity`)],
    [10, () => get('/events/11/properties?limit=20&sort=-listPrice')],
    [4, create],
    [4, change],
    [4, remove],
    [1, () => get(`/leads/export?brokerageId=${brokerage()}&format=${random() < 0.5 ? 'csv' : 'ndjson'}`)],
    [1, () => get('/properties/99999')],
    [1, () => get('/properties/10101?ctiy=x')],
    [1, () => get('/no/such/thing')],
    [1, () => ({ method: 'POST', path: '/events/9/properties', headers: json, body: '{"city": 7' })],
  ]
  const whole = mix.reduce((sum, [share]) => sum + share, 0)

  return {
    next: (): Request => {
      let left = random() * whole
      for (const [share, make] of mix) {
        left -= share
        if (left < 0) return make()
      }
      return get('/health/live')
    },
    /** Records the location of a created record. */
    note: (location: string): void => {
      created.push(location)
    },
  }
}
