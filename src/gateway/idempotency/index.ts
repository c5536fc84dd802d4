import { alone } from '#src/gateway/idempotency/lease.ts'
import { isProblem, Problem } from '#src/problems.ts'
import type { ValueStore } from '#src/store/store.ts'
import type { Sealer } from '../crypto/encryption.ts'
import { type Attempt, createAttempts, type Keyed } from './stored-attempt.ts'

export { idempotencyKeyOf } from './key.ts'

/** A write that its client may repeat under the same key. What is sent and what is written must be JSON. */
export interface KeyedWrite<Sent, Written> extends Keyed {
  prepare(): Promise<Sent>
  /** A problem that says nothing of its outcome means that nothing was written. */
  send(sent: Sent): Promise<Written>
  /** What an earlier attempt to send the same may have left. */
  find(sent: Sent): Promise<Written | null>
}

export interface Once<Written> {
  written: Written
  /** Nothing was sent: it had been done before. */
  isReplayed: boolean
}

export interface Idempotency {
  once<Sent, Written>(write: KeyedWrite<Sent, Written>): Promise<Once<Written>>
}

export const createIdempotency = (store: ValueStore, sealer: Sealer): Idempotency => ({
  once: async <Sent, Written>(write: KeyedWrite<Sent, Written>) => {
    const attempts = createAttempts<Sent, Written>(store, sealer, write)
    const done = replayOf(await attempts.recall())
    return done ?? alone(store, attempts.lease, (renew) => attempt(write, attempts, renew))
  },
})

type Attempts<Sent, Written> = ReturnType<typeof createAttempts<Sent, Written>>

const replayOf = <Written>(known: Attempt<unknown, Written> | null): Once<Written> | null =>
  known?.written === undefined ? null : { written: known.written, isReplayed: true }

const attempt = async <Sent, Written>(
  write: KeyedWrite<Sent, Written>,
  attempts: Attempts<Sent, Written>,
  renew: () => Promise<void>,
): Promise<Once<Written>> => {
  const before = await attempts.recall()
  const done = replayOf(before)
  if (done) return done
  const sent = before?.sent ?? (await write.prepare())
  const earlier = before && (await lookUp(write, sent))
  // Before anything is sent: whoever comes after a crash must know that it may have been.
  const present = before ?? (await attempts.begin(sent))
  await renew()
  const written = earlier ?? (await send(write, sent, () => before ?? attempts.forget(present)))
  await attempts.end(present, written)
  return { written, isReplayed: earlier !== null }
}

/** What was surely not done leaves the key free, unless of an earlier attempt nobody knows. */
const send = async <Sent, Written>(
  write: KeyedWrite<Sent, Written>,
  sent: Sent,
  free: () => unknown,
): Promise<Written> => {
  try {
    return await write.send(sent)
  } catch (error) {
    if (isProblem(error) && error.fields.outcome === undefined) await free()
    throw error
  }
}

/** While it cannot be seen what an earlier attempt left, nobody knows what became of it. */
const lookUp = async <Sent, Written>(write: KeyedWrite<Sent, Written>, sent: Sent): Promise<Written | null> => {
  try {
    return await write.find(sent)
  } catch (error) {
    throw isProblem(error) ? new Problem(error.code, { ...error.fields, outcome: 'unknown', cause: error }) : error
  }
}
