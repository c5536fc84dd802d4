/** Sweeps over the size of a request and the number of tenants. */
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Request } from '../cases.ts'
import { createLoad } from '../load.ts'
import type { Surroundings } from '../surroundings.ts'
import { readCpu, readMemory } from '../usage.ts'
import { type Gateway, headers, withGateway } from './process.ts'
import type { Point, Sweep } from './sweep.ts'

const warmMs = 2_500
const countedMs = 1_500

/** The gateway's limit of concurrent exports per client. */
const exportsPerClient = 2

/** The approximate share of the core. */
const targetUtilisation = 0.5

/** Measures the cost of a request in a warm process. */
const measureCost = async ({ port, pid }: Gateway, requests: readonly Request[], connections?: number) => {
  const load = createLoad(port, requests, false, connections)
  const until = performance.now() + warmMs
  let [rate, sentCount] = [20, 0]
  const window = async (ms: number) => {
    const before = readCpu(pid)
    const { answered, refused } = await load.run(rate, ms)
    sentCount += answered + refused
    const cpu = (readCpu(pid) - before) / (answered + refused)
    rate = Math.min(2_000, (1000 * targetUtilisation) / cpu)
    return { cpu, refused: refused / (answered + refused) }
  }
  // First requests cost more, so each request is sent once before the measurement.
  while (performance.now() < until || sentCount < requests.length) await window(250)
  const result = await window(countedMs)
  await load.close()
  return { ...result, memory: readMemory(pid).now }
}

const toSid = (leads: number): string => String(2_000_000 + leads)

/** The upstream returns all leads of a property in one reply, and the gateway in one response. */
const leads: Sweep = {
  name: 'leads',
  title: 'leads in a reply',
  each: 'per lead',
  measure: (size, surroundings) =>
    withGateway(surroundings, {}, async (gateway) => {
      const path = `/leads/export?sid=${toSid(size)}&format=ndjson`
      return { size, ...(await measureCost(gateway, [{ method: 'GET', path, headers }], exportsPerClient)) }
    }),
}

const createKey = (index: number): string => `fk_${`tenant-${index}-`.padEnd(43, '0')}`

const createTenant = (index: number) => ({
  id: `tenant-${index}`,
  spacio: { apiKey: `key-${index}`, hourlyBudget: 10_000_000 },
  clients: [
    {
      id: 'bench',
      keyHash: createHash('sha256').update(createKey(index)).digest('hex'),
      scopes: ['properties:read'],
      grants: { agents: ['agent1@example.com'] },
    },
  ],
})

const withTenants = ({ folder }: Surroundings, count: number): Record<string, string> => {
  const path = join(folder, `tenants-${count}.json`)
  writeFileSync(path, JSON.stringify({ tenants: Array.from({ length: count }, (_, index) => createTenant(index)) }))
  const instead = { FOYER_CLIENTS_FILE: '', SPACIO_API_KEY: '', SPACIO_HOURLY_BUDGET: '', LIONDESK_ACCESS_TOKEN: '' }
  return { ...instead, FOYER_TENANTS_FILE: path }
}

const tenants: Sweep = {
  name: 'tenants',
  title: 'tenants',
  each: 'per request',
  measure: (size, surroundings): Promise<Point> =>
    withGateway(surroundings, withTenants(surroundings, size), async (gateway) => {
      const requests = Array.from({ length: size }, (_, index): Request => {
        const ofTenant = { 'x-api-key': createKey(index), 'cache-control': 'no-cache' }
        return { method: 'GET', path: '/properties/10101', headers: ofTenant }
      })
      const { cpu, ...others } = await measureCost(gateway, requests)
      return { size, cpu: cpu * size, ...others }
    }),
}

export const requestSweeps: readonly Sweep[] = [leads, tenants]
