import type { Held } from './record.ts'
import type { Repository } from './repository.ts'

/**
 * The connections of a tenant as this process last saw them: an ordinary request costs no look at the store, what
 * another replica changed is seen within two seconds, and what this one changed at once.
 */
export interface View {
  /** At most two seconds old; older only while the store is lost. */
  recent(): Promise<ReadonlyMap<string, Held>>
  /** As the store holds them now. */
  present(): Promise<ReadonlyMap<string, Held>>
  /** As it was last seen. */
  seen(id: string): Held | undefined
  note(held: Held): void
  forget(id: string): void
}

const lookEvery = 2_000

export const createView = (repository: Pick<Repository, 'all'>, now: () => Date): View => {
  let held: Map<string, Held> | null = null
  let lookedAt = 0
  let changes = 0
  let looking: Promise<Map<string, Held>> | null = null

  /** What was read before a change of ours must not undo it: then it is read again. */
  const look = async (): Promise<Map<string, Held>> => {
    const before = changes
    const found = new Map(await repository.all())
    if (changes !== before) return look()
    held = found
    lookedAt = now().getTime()
    return found
  }

  const lookOnce = (): Promise<Map<string, Held>> => {
    looking ??= look().finally(() => {
      looking = null
    })
    return looking
  }

  const isRecent = (): boolean => Math.abs(now().getTime() - lookedAt) < lookEvery

  return {
    recent: async () => {
      if (held && isRecent()) return held
      try {
        return await lookOnce()
      } catch (error) {
        if (!held) throw error
        lookedAt = now().getTime()
        return held
      }
    },
    present: () => look(),
    seen: (id) => held?.get(id),
    note: (changed) => {
      changes += 1
      held?.set(changed.id, changed)
    },
    forget: (id) => {
      changes += 1
      held?.delete(id)
    },
  }
}
