/**
 * Creates the environment of a measurement: stub upstreams and a folder. The load generator in this process shares
 * their core.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stop } from '../processes.ts'
import { startUpstream, type Upstream } from './upstream.ts'
import { pinThisProcessTo } from './usage.ts'

const loadCore = 1

export interface Surroundings {
  readonly upstream: Upstream
  readonly folder: string
}

export const setUp = async (): Promise<Surroundings & { end(): Promise<void> }> => {
  pinThisProcessTo(loadCore)
  // Child processes have their own sessions, which Ctrl-C does not reach. They end when this process exits.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  const folder = mkdtempSync(join(tmpdir(), 'foyer-bench-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const upstream = await startUpstream(loadCore)
  return { upstream, folder, end: () => stop(upstream.child, 'SIGKILL') }
}
