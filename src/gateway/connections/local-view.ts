import type { StoredConnection } from './record.ts'
import type { ConnectionRepository } from './repository.ts'

/**
 * The connections of a tenant as this process last saw them: an ordinary request costs no look at the store, what
 * another replica changed is seen within two seconds, and what this one changed at once.
 */
export interface LocalView {
  /** At most two seconds old; older only while the store is lost. */
  getRecent(): Promise<ReadonlyMap<string, StoredConnection>>
  /** As the store holds them now. */
  readCurrent(): Promise<ReadonlyMap<string, StoredConnection>>
  /** As it was last seen. */
  peek(id: string): StoredConnection | undefined
  note(held: StoredConnection): void
  forget(id: string): void
}

const maxAgeMs = 2_000

export const createLocalView = (repository: Pick<ConnectionRepository, 'getAll'>, now: () => Date): LocalView => {
  let connections: Map<string, StoredConnection> | null = null
  let refreshedAt = 0
  let changeCount = 0
  let pendingRefresh: Promise<Map<string, StoredConnection>> | null = null

  /** What was read before a change of ours must not undo it: then it is read again. */
  const refresh = async (): Promise<Map<string, StoredConnection>> => {
    const before = changeCount
    const found = new Map(await repository.getAll())
    if (changeCount !== before) return refresh()
    connections = found
    refreshedAt = now().getTime()
    return found
  }

  const refreshOnce = (): Promise<Map<string, StoredConnection>> => {
    pendingRefresh ??= refresh().finally(() => {
      pendingRefresh = null
    })
    return pendingRefresh
  }

  const isRecent = (): boolean => Math.abs(now().getTime() - refreshedAt) < maxAgeMs

  return {
    getRecent: async () => {
      if (connections && isRecent()) return connections
      try {
        return await refreshOnce()
      } catch (error) {
        if (!connections) throw error
        refreshedAt = now().getTime()
        return connections
      }
    },
    readCurrent: () => refresh(),
    peek: (id) => connections?.get(id),
    note: (changed) => {
      changeCount += 1
      connections?.set(changed.id, changed)
    },
    forget: (id) => {
      changeCount += 1
      connections?.delete(id)
    },
  }
}
