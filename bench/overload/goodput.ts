/** Measures successes per second of available processor time, from four clients to ten times the gateway's capacity. */
import { cases } from '../performance/cases.ts'
import { readCpu, readStarvation } from '../performance/usage.ts'
import { formatRawRequest, type OverloadedGateway } from './gateway.ts'
import { countSuccesses, type Generator, getRefusedShare } from './generator.ts'
import type { Arrivals } from './load.ts'
import { createMaxTarget, createMinTarget, type Target } from './targets.ts'

export interface Point {
  readonly name: string
  /** A number of clients for closed loops, or a multiple of the saturation rate for open loops. */
  readonly loop: 'closed' | 'open'
  readonly size: number
  readonly goodput: number
  readonly refused: number
  readonly p99: number
  /** The share of a core that the gateway used. */
  readonly used: number
}

export const closedSizes = [4, 32, 64, 256]
export const openFactors = [1, 2, 5, 10]

/** More connections than the gateway has slots, so that an open loop keeps its rate. */
const openConnections = 512

const names: Record<string, string> = { property: 'property', keyed: 'list', leads: 'leads', events: 'events' }

export const measuredCases = cases.map(({ name, paths }) => ({ name: names[name] ?? name, paths }))

export const measureGoodput = async (
  { port, child }: OverloadedGateway,
  generator: Generator,
  { name, paths }: (typeof measuredCases)[number],
  times: { warmMs: number; countedMs: number },
): Promise<Point[]> => {
  const requests = paths.map((path) => formatRawRequest(path, 'north'))
  const points: Point[] = []
  const measure = async (loop: Point['loop'], size: number, arrivals: Arrivals): Promise<void> => {
    let [began, starved, cpu] = [0, 0, 0]
    const outcome = await generator.run({ port, requests, arrivals, ...times }, () => {
      began = performance.now()
      starved = readStarvation(child.pid as number)
      cpu = readCpu(child.pid as number)
    })
    const cpuShare = performance.now() - began - (readStarvation(child.pid as number) - starved)
    const used = (readCpu(child.pid as number) - cpu) / cpuShare
    const goodput = (1000 * countSuccesses(outcome)) / cpuShare
    points.push({ name, loop, size, goodput, refused: getRefusedShare(outcome), p99: outcome.p99, used })
  }
  // Compiles the code.
  await generator.run({ port, requests, arrivals: { clients: 8 }, warmMs: 0, countedMs: 2 * times.countedMs })
  for (const clients of closedSizes) await measure('closed', clients, { clients })
  const saturation = Math.max(1, ...points.map(({ goodput }) => goodput))
  for (const factor of openFactors) {
    await measure('open', factor, { rate: factor * saturation, connections: openConnections })
  }
  return points
}

/** A closed loop with at most this share of rejections counts as not rejected. */
const maxRefusedShare = 0.01
const maxUnrefusedClients = 64

export const createGoodputTargets = (points: readonly Point[]): Target[] => {
  const best = Math.max(...points.map(({ goodput }) => goodput))
  return points.flatMap(({ name, loop, size, goodput, refused }) => {
    const title = loop === 'closed' ? `${name}, closed loop of ${size}` : `${name}, open loop at ${size} × saturation`
    // Four clients that wait for an upstream cannot saturate a gateway.
    const limit = loop === 'closed' && size === 4 ? 0.5 : 0.9
    return [
      createMinTarget(`${title}: goodput`, goodput / best, limit),
      ...(loop === 'closed' && size <= maxUnrefusedClients
        ? [createMaxTarget(`${title}: rejected`, refused, maxRefusedShare)]
        : []),
    ]
  })
}
