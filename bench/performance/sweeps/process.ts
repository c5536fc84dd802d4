/** Starts a separate gateway for each point. */
import { freePort, stop } from '../../processes.ts'
import { apiKey, startFoyer } from '../contenders/foyer.ts'
import type { Surroundings } from '../surroundings.ts'
import { pinProcess } from '../usage.ts'

const core = 0

export interface Gateway {
  readonly port: number
  readonly pid: number
}

export const headers = { 'x-api-key': apiKey }

export const withGateway = async <T>(
  { upstream, folder }: Surroundings,
  environment: Record<string, string>,
  use: (gateway: Gateway) => Promise<T>,
): Promise<T> => {
  const port = await freePort()
  const child = await startFoyer({ port, upstream: upstream.port, folder, prefix: pinProcess(core), environment })
  try {
    return await use({ port, pid: child.pid as number })
  } finally {
    await stop(child, 'SIGKILL')
  }
}
