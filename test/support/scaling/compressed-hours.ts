import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hourMs } from '#src/lib/units.ts'
import { createAnswer, startStub } from '../stub.ts'
import { startReplicas } from './replicas.ts'
import { createClock } from './shared-clock.ts'

export interface CompressedHours {
  /** 0, 1, 2… */
  hour(): number
  /** The calls of the current hour and of the busiest hour. */
  total(): number
  maxPerHour(): number
  /** The number of replicas that were killed and restarted. */
  killed(): number
  close(): Promise<void>
}

const start = Date.parse('2026-03-15T12:00:00Z')
const tickIntervalMs = 10

/**
 * Replicas in front of an upstream that counts their calls per hour. An hour takes less than two seconds. It takes
 * longer if fewer than `enough` calls were made, so that busy machines have time for them.
 */
export const openCompressedHours = async (
  storeUrl: string,
  cap: number,
  targetHours: number,
): Promise<CompressedHours> => {
  const folder = mkdtempSync(join(tmpdir(), 'foyer-hours-'))
  const clockFile = join(folder, 'clock')
  const clock = createClock(clockFile, start)
  const calls = new Map<number, number>()
  const getHour = () => Math.floor((clock.now() - start) / hourMs)
  const countCalls = () => calls.get(getHour()) ?? 0
  const stub = await startStub((request, response) => {
    calls.set(getHour(), countCalls() + 1)
    createAnswer({ sid: 1 })(request, response)
  })
  const replicas = await startReplicas([storeUrl, stub.url, `${cap}`, clockFile])
  const isDrawnOut = () => clock.now() % hourMs > 0.9 * hourMs && countCalls() < targetHours
  const ticking = setInterval(() => clock.pass(isDrawnOut() ? 1_100 : 20_000), tickIntervalMs)
  return {
    hour: getHour,
    total: countCalls,
    maxPerHour: () => Math.max(0, ...calls.values()),
    killed: replicas.killed,
    close: async () => {
      clearInterval(ticking)
      await replicas.close()
      await stub.close()
      rmSync(folder, { recursive: true })
    },
  }
}
