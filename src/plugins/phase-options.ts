import type { Config } from '../config.ts'
import type { LogWriter } from '../log-destination.ts'
import type { Services } from '../services.ts'
import type { SheddingOptions } from './admission/load-shedding/index.ts'
import type { Timeouts } from './connection/http-limits.ts'
import type { StoppingOptions } from './connection/shutdown.ts'

/** What tests and benches replace in the phases. */
export interface PhaseOverrides {
  timeouts?: Partial<Timeouts>
  connections?: { maxConnections?: number }
  shedding?: SheddingOptions
  stopping?: StoppingOptions
  log?: Pick<LogWriter, 'droppedLines'>
}

/** What every phase receives. */
export interface PhaseOptions {
  readonly config: Config
  readonly services: Services
  readonly timeouts: Timeouts
  readonly overrides: PhaseOverrides
}
