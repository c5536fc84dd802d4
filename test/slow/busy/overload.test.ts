/**
 * Overload of a whole process. It checks the results of bench/overload.ts with counts that are valid on a busy machine
 * too.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { floods, measureFlood } from '../../../bench/overload/floods.ts'
import { formatRawRequest, type OverloadedGateway, startGateway } from '../../../bench/overload/gateway.ts'
import {
  countSuccesses,
  type Generator,
  getRefusedShare,
  getSuccessShare,
  startGenerator,
} from '../../../bench/overload/generator.ts'
import { measuredCases } from '../../../bench/overload/goodput.ts'
import { startUpstream, type Upstream } from '../../../bench/performance/upstream.ts'
import { stop } from '../../../bench/processes.ts'

let folder: string
let upstream: Upstream
let generators: [Generator, Generator]
let gateway: OverloadedGateway

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'foyer-overload-'))
  upstream = await startUpstream(1)
  generators = [await startGenerator(), await startGenerator()]
})

afterAll(async () => {
  await Promise.all(generators.map((generator) => generator.stop()))
  await stop(upstream.child, 'SIGKILL')
  rmSync(folder, { recursive: true })
})

const useGateway = (rateLimit: string) => {
  beforeAll(async () => {
    gateway = await startGateway(upstream.port, folder, rateLimit)
  })
  afterAll(() => stop(gateway.child, 'SIGKILL'))
}

describe('clients that send the next request immediately', () => {
  useGateway('off')

  test.for(measuredCases.flatMap(({ name, paths }) => [4, 64].map((clients) => [clients, name, paths] as const)))(
    '%i of them are not refused: %s',
    // Other programs can use the processor for longer than a request may wait.
    { retry: 2 },
    async ([clients, , paths]) => {
      const requests = paths.map((path) => formatRawRequest(path, 'north'))
      const outcome = await generators[0].run({
        ...{ port: gateway.port, requests, arrivals: { clients } },
        ...{ warmMs: 500, countedMs: 1_000 },
      })
      expect(countSuccesses(outcome)).toBeGreaterThan(10)
      expect(getRefusedShare(outcome)).toBeLessThan(0.01)
    },
  )

  test.for(measuredCases)(
    'far more requests than can be answered do not stop those that can: $name',
    async ({ paths }) => {
      const requests = paths.map((path) => formatRawRequest(path, 'north'))
      const outcome = await generators[0].run({
        ...{ port: gateway.port, requests, arrivals: { rate: 20_000, connections: 512 } },
        ...{ warmMs: 1_500, countedMs: 1_500 },
      })
      expect(countSuccesses(outcome)).toBeGreaterThan(50)
    },
  )
})

describe('a flood of refused requests from one address', () => {
  useGateway('3000')

  test.for(Object.entries(floods))('%s: another tenant is answered', async ([name, requests]) => {
    const report = await measureFlood(gateway, generators, name, requests, 64, 3_000)
    expect(getSuccessShare(report.flooded)).toBeGreaterThanOrEqual(0.99)
    expect(getSuccessShare(report.after)).toBeGreaterThanOrEqual(0.99)
  })
})
