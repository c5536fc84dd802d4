/** Requests a memory report from a gateway's process. */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { ProbeSample } from './probe.ts'

export type { ProbeSample } from './probe.ts'

/** Options to start a script with the probe. */
export const probeOptions = { flags: ['--expose-gc', '--import', `${import.meta.dirname}/probe.ts`] }

export const measure = async (gateway: ChildProcess): Promise<ProbeSample> => {
  const answer = once(gateway, 'message', { signal: AbortSignal.timeout(30_000) })
  gateway.send('measure')
  const [holding] = await answer
  return holding
}
