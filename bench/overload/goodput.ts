/** Successes a second of which the gateway had a core or wanted none, from four clients to ten times as many requests as the gateway can answer. */
import { cases } from '../performance/cases.ts'
import { cpuOf, starvedOf } from '../performance/usage.ts'
import { type Gateway, rawRequest } from './gateway.ts'
import { type Generator, refusedShare, successesOf } from './generator.ts'
import type { Arrivals } from './load.ts'
import { atLeast, atMost, type Target } from './targets.ts'

export interface Point {
  readonly name: string
  /** Clients of a closed loop, or how many times the saturation rate. */
  readonly loop: 'closed' | 'open'
  readonly size: number
  readonly goodput: number
  readonly refused: number
  readonly p99: number
  /** Of a core, the share that the gateway used. */
  readonly used: number
}

export const closedSizes = [4, 32, 64, 256]
export const openFactors = [1, 2, 5, 10]

/** More than there are places, so that an open loop presses on. */
const openConnections = 512

const names: Record<string, string> = { property: 'property', keyed: 'list', leads: 'leads', events: 'events' }

export const measuredCases = cases.map(({ name, paths }) => ({ name: names[name] ?? name, paths }))

export const measureGoodput = async (
  { port, child }: Gateway,
  generator: Generator,
  { name, paths }: (typeof measuredCases)[number],
  times: { warmMs: number; countedMs: number },
): Promise<Point[]> => {
  const requests = paths.map((path) => rawRequest(path, 'north'))
  const points: Point[] = []
  const measure = async (loop: Point['loop'], size: number, arrivals: Arrivals): Promise<void> => {
    let [began, starved, cpu] = [0, 0, 0]
    const outcome = await generator.run({ port, requests, arrivals, ...times }, () => {
      began = performance.now()
      starved = starvedOf(child.pid as number)
      cpu = cpuOf(child.pid as number)
    })
    const had = performance.now() - began - (starvedOf(child.pid as number) - starved)
    const used = (cpuOf(child.pid as number) - cpu) / had
    const goodput = (1000 * successesOf(outcome)) / had
    points.push({ name, loop, size, goodput, refused: refusedShare(outcome), p99: outcome.p99, used })
  }
  // The code is compiled while it is first used.
  await generator.run({ port, requests, arrivals: { clients: 8 }, warmMs: 0, countedMs: 2 * times.countedMs })
  for (const clients of closedSizes) await measure('closed', clients, { clients })
  const saturation = Math.max(1, ...points.map(({ goodput }) => goodput))
  for (const factor of openFactors) {
    await measure('open', factor, { rate: factor * saturation, connections: openConnections })
  }
  return points
}

/** The share of refusals up to which a closed loop counts as not refused. */
const bearableRefusals = 0.01
const largestUnrefusedLoop = 64

export const goodputTargets = (points: readonly Point[]): Target[] => {
  const best = Math.max(...points.map(({ goodput }) => goodput))
  return points.flatMap(({ name, loop, size, goodput, refused }) => {
    const title = loop === 'closed' ? `${name}, closed loop of ${size}` : `${name}, open loop at ${size} × saturation`
    // Four clients that wait for an upstream cannot saturate a gateway.
    const limit = loop === 'closed' && size === 4 ? 0.5 : 0.9
    return [
      atLeast(`${title}: goodput`, goodput / best, limit),
      ...(loop === 'closed' && size <= largestUnrefusedLoop
        ? [atMost(`${title}: refused`, refused, bearableRefusals)]
        : []),
    ]
  })
}
