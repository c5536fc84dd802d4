import { type LionDeskControl, startLionDesk } from './liondesk/index.ts'
import { type SpacioControl, startSpacio } from './spacio/index.ts'
import { secondMs } from './time.ts'
import { buildWorld } from './world/build.ts'
import type { World } from './world/types.ts'

export type { Fault, FaultInput, FaultKind } from './http/faults.ts'
export type { JournalEntry } from './http/types.ts'
export type { LionDeskControl } from './liondesk/index.ts'
export type { LionDeskSettings } from './liondesk/settings.ts'
export type { LeadInput } from './spacio/added-leads.ts'
export type { SpacioControl } from './spacio/index.ts'
export type { SpacioSettings } from './spacio/settings.ts'
export type * from './world/types.ts'

export interface SandboxOptions {
  /** Default: 127.0.0.1. */
  host?: string
  /** Default: 0, which selects any free port. */
  spacioPort?: number
  /** Default: 0, which selects any free port. */
  liondeskPort?: number
  /** Default: 25,000. Maximum: 300,000. */
  leads?: number
  seed?: number
  /** The end of the generated data. Default: the current time. */
  now?: Date
}

interface Control {
  spacio: SpacioControl
  liondesk: LionDeskControl
  clearRequests(): void
  reset(): void
}

export interface Sandbox {
  spacio: { url: string; apiKey: string }
  liondesk: { url: string; accessToken: string; refreshToken: string; clientId: string; clientSecret: string }
  world: World
  control: Control
  close(): Promise<void>
}

const defaultLeads = 25_000
export const maxLeads = 300_000

function countLeads(leads = defaultLeads): number {
  if (Number.isInteger(leads) && leads >= 0 && leads <= maxLeads) return leads
  throw new RangeError(`The number of leads must be a whole number from 0 to ${maxLeads}`)
}

/** Starts simulations of both upstreams on separate ports. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { host = '127.0.0.1', spacioPort = 0, liondeskPort = 0, seed = 1, now = new Date() } = options
  const moment = Math.floor(now.getTime() / secondMs) * secondMs
  const world = buildWorld({ seed, now: moment, leads: countLeads(options.leads) })
  const { control: spacioControl, close: closeSpacio, ...spacio } = await startSpacio(world, host, spacioPort)
  const started = await startLionDesk(world, host, liondeskPort).catch(async (error: unknown) => {
    await closeSpacio()
    throw error
  })
  const { control: liondeskControl, close: closeLionDesk, ...liondesk } = started
  const both = [spacioControl, liondeskControl]
  const control: Control = {
    spacio: spacioControl,
    liondesk: liondeskControl,
    clearRequests: () => {
      for (const one of both) one.clearRequests()
    },
    reset: () => {
      for (const one of both) one.reset()
    },
  }
  const close = async (): Promise<void> => {
    await Promise.all([closeSpacio(), closeLionDesk()])
  }
  return { spacio, liondesk, world, control, close }
}
