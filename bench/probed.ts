/** Asks a gateway's process what it holds. */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { Holding } from './probe.ts'

export type { Holding } from './probe.ts'

/** How a script is started that is to be asked. */
export const probed = { flags: ['--expose-gc', '--import', `${import.meta.dirname}/probe.ts`] }

export const measure = async (gateway: ChildProcess): Promise<Holding> => {
  const answer = once(gateway, 'message', { signal: AbortSignal.timeout(30_000) })
  gateway.send('measure')
  const [holding] = await answer
  return holding
}
