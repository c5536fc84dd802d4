/** Measures how a flood of rejected requests from one address affects another tenant at another address. */

import { createKey } from '../tenants.ts'
import { formatRawRequest, type OverloadedGateway } from './gateway.ts'
import { countAll, type Generator, getSuccessShare } from './generator.ts'
import type { LoadResult } from './load.ts'
import { createMaxTarget, createMinTarget, type Target } from './targets.ts'

const list = '/leads?brokerageId=b2&from=2026-01-31&to=2026-01-31&limit=100'
const reads = ['/properties/10110', list, '/events/3/properties?limit=10', '/properties/10111']

/** Requests per second of the unaffected tenant. */
const normalRate = 25

export const floods: Record<string, readonly string[]> = {
  'without credentials': [formatRawRequest('/properties/10101', 'north', null)],
  'with a wrong key': [formatRawRequest('/properties/10101', 'north', createKey('nobody'))],
  'with a key over its limit': [formatRawRequest('/properties/10101', 'north')],
  'of unknown routes': [formatRawRequest('/nowhere', 'north')],
}

const connectionCounts = [8, 64]

export interface FloodReport {
  readonly name: string
  readonly quiet: LoadResult
  readonly flooded: LoadResult
  readonly after: LoadResult
  readonly flood: LoadResult
}

export const measureFlood = async (
  gateway: OverloadedGateway,
  [flooding, watching]: readonly [Generator, Generator],
  name: string,
  requests: readonly string[],
  connections: number,
  countedMs: number,
): Promise<FloodReport> => {
  const { port } = gateway
  const watch = (ms: number) =>
    watching.run({
      port,
      requests: reads.map((path) => formatRawRequest(path, 'south')),
      arrivals: { rate: normalRate, connections: 32 },
      warmMs: 0,
      countedMs: ms,
    })
  const quiet = await watch(countedMs)
  const flood = flooding.run({
    ...{ port, requests, arrivals: { clients: connections } },
    ...{ warmMs: 500, countedMs: countedMs + 500 },
  })
  await new Promise((resolve) => setTimeout(resolve, 500))
  const flooded = await watch(countedMs)
  const floodOutcome = await flood
  const after = await watch(2_000)
  return { name: `${name}, ${connections} connections`, quiet, flooded, after, flood: floodOutcome }
}

export const measureFloods = async (
  gateway: OverloadedGateway,
  generators: readonly [Generator, Generator],
  countedMs: number,
): Promise<FloodReport[]> => {
  const reports: FloodReport[] = []
  const { port } = gateway
  const requests = reads.map((path) => formatRawRequest(path, 'south'))
  await generators[1].run({ port, requests, arrivals: { rate: 50, connections: 8 }, warmMs: 0, countedMs: 3_000 })
  for (const [name, flood] of Object.entries(floods)) {
    for (const connections of connectionCounts) {
      reports.push(await measureFlood(gateway, generators, name, flood, connections, countedMs))
    }
  }
  return reports
}

export const createFloodTargets = (reports: readonly FloodReport[]): Target[] =>
  reports.flatMap(({ name, quiet, flooded, after }) => [
    createMinTarget(`flood ${name}: another tenant’s success`, getSuccessShare(flooded), 0.99),
    createMaxTarget(`flood ${name}: its p99, relative to p99 without a flood`, flooded.p99 / quiet.p99, 5, '×'),
    createMinTarget(`flood ${name}: its success in the 2 s after the flood`, getSuccessShare(after), 0.99),
  ])

export const describeFlood = ({ name, quiet, flooded, flood }: FloodReport): string => {
  const [before, during] = [quiet, flooded].map(({ p99 }) => p99.toFixed(0))
  return `${name}: ${countAll(flood)} replies ${JSON.stringify(flood.statuses)}; p99 ${before} → ${during} ms\n`
}
