/** Sweeps over the number of concurrent clients and listeners. */
import { setTimeout as wait } from 'node:timers/promises'
import { Client, Pool } from 'undici'
import { readCpu, readMemory } from '../usage.ts'
import { type Gateway, headers, withGateway } from './process.ts'
import type { Sweep } from './sweep.ts'

const warmMs = 2_500
const countedMs = 2_500

const isRefused = async (client: Client, index: number): Promise<boolean> => {
  const { statusCode, body } = await client.request({
    method: 'GET',
    path: `/properties/${10_101 + (index % 50)}`,
    headers,
  })
  await body.dump()
  return statusCode >= 300
}

/** All clients send a request at the same time, then pause for as long as the responses took. */
const runBurst = async (clients: readonly Client[]): Promise<number> => {
  const began = performance.now()
  const refusals = await Promise.all(clients.map(isRefused))
  await wait(performance.now() - began)
  return refusals.filter(Boolean).length
}

const concurrency: Sweep = {
  name: 'concurrency',
  title: 'concurrent clients',
  each: 'per request',
  measure: (size, surroundings) =>
    withGateway(surroundings, {}, async ({ port, pid }) => {
      const clients = Array.from({ length: size }, () => new Client(`http://127.0.0.1:${port}`))
      const run = async (ms: number) => {
        const [until, before] = [performance.now() + ms, readCpu(pid)]
        let [bursts, refused] = [0, 0]
        for (; performance.now() < until; bursts += 1) refused += await runBurst(clients)
        return { cpu: (readCpu(pid) - before) / bursts, refused: refused / (bursts * size) }
      }
      await run(warmMs)
      const countedBurst = await run(countedMs)
      const memory = readMemory(pid).now
      await Promise.all(clients.map((client) => client.close()))
      return { size, memory, ...countedBurst }
    }),
}

/** Limits concurrent connects, because the gateway would shed a larger burst. */
const joinBatchSize = 20

const openListeners = async (pool: Pool, size: number, onLead: (leads: number) => void): Promise<void> => {
  const join = async (): Promise<void> => {
    const { statusCode, body } = await pool.request({
      method: 'GET',
      path: '/leads/feed?brokerageId=live',
      headers: { ...headers, accept: 'text/event-stream' },
    })
    if (statusCode === 503) {
      await body.dump()
      await wait(1_000)
      return join()
    }
    body.on('data', (chunk: Buffer) => onLead(chunk.toString('latin1').split('event: lead').length - 1))
    body.on('error', () => {})
  }
  for (let joined = 0; joined < size; joined += joinBatchSize) {
    await Promise.all(Array.from({ length: Math.min(joinBatchSize, size - joined) }, join))
  }
}

const deliver = async ({ port, pid }: Gateway, size: number) => {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: size, bodyTimeout: 0 })
  let delivered = 0
  await openListeners(pool, size, (leads) => {
    delivered += leads
  })
  await wait(warmMs)
  delivered = 0
  const before = readCpu(pid)
  await wait(3 * countedMs)
  const cpu = (readCpu(pid) - before) / (delivered / size)
  const memory = readMemory(pid).now
  await pool.destroy()
  return { size, cpu, memory, refused: 0 }
}

/** Each poll returns five leads, with a poll every two seconds: far more than in production. */
const listeners: Sweep = {
  name: 'listeners',
  title: 'listeners of a feed',
  each: 'per lead and listener',
  measure: (size, surroundings) =>
    withGateway(surroundings, { FOYER_FEED_FLOOR: '2', FOYER_FEED_CEILING: '2' }, (gateway) => deliver(gateway, size)),
}

export const connectionSweeps: readonly Sweep[] = [listeners, concurrency]
