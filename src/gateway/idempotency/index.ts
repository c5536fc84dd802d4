import { minuteMs } from '#src/lib/units.ts'
import { isProblem, Problem } from '#src/problems.ts'
import type { ValueStore } from '#src/store/store.ts'
import type { Sealer } from '../crypto/encryption.ts'
import { createLease } from '../lease.ts'
import { mapStoreErrors } from '../store-errors.ts'
import { type Attempt, createAttemptStore, createInProgress, type IdempotencyScope } from './stored-attempt.ts'

export { digestText, parseIdempotencyKey } from './stored-attempt.ts'

/** A write that a client may repeat with the same key. Payload and result must be JSON values. */
export interface IdempotentWrite<Payload, Result> extends IdempotencyScope {
  prepare(): Promise<Payload>
  /** A problem without an `outcome` means that nothing was written. */
  send(payload: Payload): Promise<Result>
  /** Finds a record that an earlier attempt with the same payload may have created. */
  find(payload: Payload): Promise<Result | null>
}

interface WriteResult<Result> {
  result: Result
  /** True if an earlier attempt had created the record and nothing was sent. */
  isReplayed: boolean
}

/**
 * Longer than a write can take, including two token renewals. A crashed process frees the key after this time, and two
 * processes never send at the same time.
 */
const leaseMs = minuteMs

export const createIdempotency = (store: ValueStore, sealer: Sealer) => ({
  once: async <Payload, Result>(write: IdempotentWrite<Payload, Result>): Promise<WriteResult<Result>> => {
    const attempts = createAttemptStore<Payload, Result>(store, sealer, write)
    const replay = toReplay(await attempts.load())
    if (replay) return replay
    const lease = createLease(store, attempts.leaseName, leaseMs)
    await requireLease(lease.take)
    try {
      return await attempt(write, attempts, () => requireLease(lease.renew))
    } finally {
      await lease.release()
    }
  },
})

export type Idempotency = ReturnType<typeof createIdempotency>

/** Throws `conflict` if another request holds the lease. */
const requireLease = async (step: () => Promise<boolean>): Promise<void> => {
  if (!(await mapStoreErrors(step))) throw createInProgress()
}

type AttemptStore<Payload, Result> = ReturnType<typeof createAttemptStore<Payload, Result>>

const toReplay = <Result>(stored: Attempt<unknown, Result> | null): WriteResult<Result> | null =>
  stored?.result === undefined ? null : { result: stored.result, isReplayed: true }

const attempt = async <Payload, Result>(
  write: IdempotentWrite<Payload, Result>,
  attempts: AttemptStore<Payload, Result>,
  renew: () => Promise<void>,
): Promise<WriteResult<Result>> => {
  const stored = await attempts.load()
  const replay = toReplay(stored)
  if (replay) return replay
  const payload = stored?.payload ?? (await write.prepare())
  const earlier = stored && (await findEarlier(write, payload))
  // Stored before the write is sent, so that a crash leaves evidence that it may have been.
  const present = stored ?? (await attempts.create(payload))
  await renew()
  const result = earlier ?? (await send(write, payload, () => stored ?? attempts.remove(present)))
  await attempts.complete(present, result)
  return { result, isReplayed: earlier !== null }
}

/** Frees the key if nothing was written, unless an earlier attempt has an unknown outcome. */
const send = async <Payload, Result>(
  write: IdempotentWrite<Payload, Result>,
  payload: Payload,
  free: () => unknown,
): Promise<Result> => {
  try {
    return await write.send(payload)
  } catch (error) {
    if (isProblem(error) && error.fields.outcome === undefined) await free()
    throw error
  }
}

/** If the search fails, the outcome of the earlier attempt is unknown. */
const findEarlier = async <Payload, Result>(
  write: IdempotentWrite<Payload, Result>,
  payload: Payload,
): Promise<Result | null> => {
  try {
    return await write.find(payload)
  } catch (error) {
    throw isProblem(error) ? new Problem(error.code, { ...error.fields, outcome: 'unknown', cause: error }) : error
  }
}
