import type { Problem } from '#src/problems.ts'
import type { Lead } from '../leads/reader.ts'

export type LiveEvent =
  /** A heartbeat, possibly with a new position. */
  | { kind: 'idle'; cursor: string }
  | { kind: 'lead'; lead: Lead; cursor: string }
  /** The upstream failed. The feed stays open and recovers by itself. */
  | { kind: 'problem'; problem: Problem }
  /** The process shuts down. The client must reconnect. */
  | { kind: 'closing' }

/** The signals that end a live feed. */
export interface StopSignals {
  /** The client disconnected. */
  readonly clientSignal: AbortSignal
  /** The credentials expired; the client must reconnect. */
  readonly expirySignal: AbortSignal
}
