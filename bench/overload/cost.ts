/** Compares the processor time of a rejection with that of a cached property. */
import { readCpu } from '../performance/usage.ts'
import { createKey } from '../tenants.ts'
import { formatRawRequest, formatRawStranger, type OverloadedGateway } from './gateway.ts'
import { countAll, type Generator } from './generator.ts'
import { createMaxTarget, type Target } from './targets.ts'

/** One address for each request, so that no rejection is delayed. */
const addresses = Array.from({ length: 5_000 }, (_, index) => `198.18.${Math.floor(index / 250)}.${1 + (index % 250)}`)

const strangerRequests = addresses.map((address) => formatRawStranger('/properties/10101', address))
const wrongKeyRequests = strangerRequests.map((request) =>
  request.replace('host:', `x-api-key: ${createKey('nobody')}\r\nhost:`),
)

const requestsPerSecond = 1_000

/** Returns microseconds of processor time per request. */
const measure = async (
  { port, child }: OverloadedGateway,
  generator: Generator,
  requests: readonly string[],
  ms: number,
): Promise<number> => {
  const run = (countedMs: number) =>
    generator.run({ port, requests, arrivals: { rate: requestsPerSecond, connections: 16 }, warmMs: 0, countedMs })
  await run(ms)
  const before = readCpu(child.pid as number)
  const outcome = await run(ms)
  return (1000 * (readCpu(child.pid as number) - before)) / countAll(outcome)
}

export const measureCost = async (gateway: OverloadedGateway, generator: Generator, ms: number) => ({
  property: await measure(gateway, generator, [formatRawRequest('/properties/10101', 'north')], ms),
  refusals: {
    'without credentials': await measure(gateway, generator, strangerRequests, ms),
    'with a wrong key': await measure(gateway, generator, wrongKeyRequests, ms),
  },
})

export const createCostTargets = ({ property, refusals }: Awaited<ReturnType<typeof measureCost>>): Target[] =>
  Object.entries(refusals).map(([name, cost]) =>
    createMaxTarget(
      `CPU of a rejection ${name} (${cost.toFixed(0)} µs), relative to a cached property (${property.toFixed(0)} µs)`,
      cost / property,
      0.4,
      '×',
    ),
  )
