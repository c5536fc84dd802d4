import { createAttempts } from './attempt.ts'
import { deadline } from './deadline.ts'
import { type CallFigures, createMeter } from './meter.ts'
import type { Policy, Send } from './types.ts'

export type { CallFigures } from './meter.ts'

/** The one way out of the house. */
export interface Transport {
  readonly send: Send
  figures(): CallFigures[]
  close(): Promise<void>
}

/** The first policy is the outermost. */
const stack = (policies: Policy[], attempt: Send): Send =>
  policies.reduceRight<Send>((next, policy) => policy(next), attempt)

export const createTransport = (): Transport => {
  const attempts = createAttempts()
  const { measure, figures } = createMeter()
  return {
    send: stack([deadline, measure], attempts.send),
    figures,
    close: attempts.close,
  }
}
