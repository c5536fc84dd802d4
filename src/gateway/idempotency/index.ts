import { withLease } from '#src/gateway/idempotency/lease.ts'
import { isProblem, Problem } from '#src/problems.ts'
import type { ValueStore } from '#src/store/store.ts'
import type { Sealer } from '../crypto/encryption.ts'
import { type Attempt, createAttemptStore, type IdempotencyScope } from './stored-attempt.ts'

export { parseIdempotencyKey } from './key.ts'

/** A write that its client may repeat under the same key. What is sent and what is written must be JSON. */
export interface IdempotentWrite<Sent, Written> extends IdempotencyScope {
  prepare(): Promise<Sent>
  /** A problem that says nothing of its outcome means that nothing was written. */
  send(sent: Sent): Promise<Written>
  /** What an earlier attempt to send the same may have left. */
  find(sent: Sent): Promise<Written | null>
}

export interface WriteResult<Written> {
  result: Written
  /** Nothing was sent: it had been done before. */
  isReplayed: boolean
}

export interface Idempotency {
  once<Sent, Written>(write: IdempotentWrite<Sent, Written>): Promise<WriteResult<Written>>
}

export const createIdempotency = (store: ValueStore, sealer: Sealer): Idempotency => ({
  once: async <Sent, Written>(write: IdempotentWrite<Sent, Written>) => {
    const attempts = createAttemptStore<Sent, Written>(store, sealer, write)
    const replay = toReplay(await attempts.recall())
    return replay ?? withLease(store, attempts.lease, (renew) => attempt(write, attempts, renew))
  },
})

type AttemptStore<Sent, Written> = ReturnType<typeof createAttemptStore<Sent, Written>>

const toReplay = <Written>(known: Attempt<unknown, Written> | null): WriteResult<Written> | null =>
  known?.written === undefined ? null : { result: known.written, isReplayed: true }

const attempt = async <Sent, Written>(
  write: IdempotentWrite<Sent, Written>,
  attempts: AttemptStore<Sent, Written>,
  renew: () => Promise<void>,
): Promise<WriteResult<Written>> => {
  const stored = await attempts.recall()
  const replay = toReplay(stored)
  if (replay) return replay
  const sent = stored?.sent ?? (await write.prepare())
  const earlier = stored && (await findEarlier(write, sent))
  // Before anything is sent: whoever comes after a crash must know that it may have been.
  const present = stored ?? (await attempts.begin(sent))
  await renew()
  const result = earlier ?? (await send(write, sent, () => stored ?? attempts.forget(present)))
  await attempts.end(present, result)
  return { result, isReplayed: earlier !== null }
}

/** What was surely not done leaves the key free, unless of an earlier attempt nobody knows. */
const send = async <Sent, Written>(
  write: IdempotentWrite<Sent, Written>,
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
const findEarlier = async <Sent, Written>(
  write: IdempotentWrite<Sent, Written>,
  sent: Sent,
): Promise<Written | null> => {
  try {
    return await write.find(sent)
  } catch (error) {
    throw isProblem(error) ? new Problem(error.code, { ...error.fields, outcome: 'unknown', cause: error }) : error
  }
}
