/** Processor time of a refusal beside that of a property from the cache. */
import { cpuOf } from '../performance/usage.ts'
import { keyOf } from '../tenants.ts'
import { type Gateway, rawRequest, rawStranger } from './gateway.ts'
import { type Generator, totalOf } from './generator.ts'
import { atMost, type Target } from './targets.ts'

/** Each from an address of its own: none of them is answered late. */
const addresses = Array.from({ length: 5_000 }, (_, index) => `198.18.${Math.floor(index / 250)}.${1 + (index % 250)}`)

const stranger = addresses.map((address) => rawStranger('/properties/10101', address))
const wrongKey = stranger.map((request) => request.replace('host:', `x-api-key: ${keyOf('nobody')}\r\nhost:`))

const rate = 1_000

/** Microseconds of processor time a request. */
const measure = async (
  { port, child }: Gateway,
  generator: Generator,
  requests: readonly string[],
  ms: number,
): Promise<number> => {
  const run = (countedMs: number) =>
    generator.run({ port, requests, arrivals: { rate, connections: 16 }, warmMs: 0, countedMs })
  await run(ms)
  const before = cpuOf(child.pid as number)
  const outcome = await run(ms)
  return (1000 * (cpuOf(child.pid as number) - before)) / totalOf(outcome)
}

export const measureCost = async (gateway: Gateway, generator: Generator, ms: number) => ({
  property: await measure(gateway, generator, [rawRequest('/properties/10101', 'north')], ms),
  refusals: {
    'without credentials': await measure(gateway, generator, stranger, ms),
    'with a wrong key': await measure(gateway, generator, wrongKey, ms),
  },
})

export const costTargets = ({ property, refusals }: Awaited<ReturnType<typeof measureCost>>): Target[] =>
  Object.entries(refusals).map(([name, cost]) =>
    atMost(
      `CPU of a refusal ${name} (${cost.toFixed(0)} µs) beside a cached property (${property.toFixed(0)} µs)`,
      cost / property,
      0.4,
      '×',
    ),
  )
