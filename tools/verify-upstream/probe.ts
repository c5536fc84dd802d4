import type { CheckContext } from './check.ts'

/** Returns what a reply shows, or null if it does not show anything. */
export type Probe = (context: CheckContext) => Promise<string | null> | string | null
