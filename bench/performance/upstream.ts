/** Runs the stub of both upstreams as a separate process. */
import type { ChildProcess } from 'node:child_process'
import { freePort, launch } from '../processes.ts'
import { pinProcess } from './usage.ts'

export interface Upstream {
  readonly port: number
  readonly child: ChildProcess
  /** Returns the number of calls so far. */
  calls(): Promise<number>
  send(bytes: 'fresh' | 'unchanged'): Promise<void>
}

const script = `${import.meta.dirname}/stub/server.ts`

export const startUpstream = async (core: number): Promise<Upstream> => {
  const port = await freePort()
  const child = await launch(
    [...pinProcess(core), process.execPath, script, `${port}`],
    { PATH: process.env.PATH ?? '' },
    /ready/,
  )
  const control = async (path: string) => (await fetch(`http://127.0.0.1:${port}/__${path}`)).text()
  return {
    port,
    child,
    calls: async () => Number(await control('calls')),
    send: async (bytes) => {
      await control(`bytes/${bytes}`)
    },
  }
}
