/** What every measurement needs: the upstreams, and a folder; this process, which is the load, shares their core. */
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

export const surround = async (): Promise<Surroundings & { end(): Promise<void> }> => {
  pinThisProcessTo(loadCore)
  const folder = mkdtempSync(join(tmpdir(), 'foyer-bench-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const upstream = await startUpstream(loadCore)
  return { upstream, folder, end: () => stop(upstream.child, 'SIGKILL') }
}
