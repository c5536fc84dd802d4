import { createSingleFlight } from '#src/lib/single-flight.ts'
import type { ConnectionRepository, StoredConnection } from './repository.ts'

/**
 * The connections of a tenant, cached in this process, so that most requests need no store access.
 * Changes of this process are visible immediately, changes of other replicas after two seconds.
 */
export interface ConnectionCache {
  /** At most two seconds old; older only while the store is unavailable. */
  getRecent(): Promise<ReadonlyMap<string, StoredConnection>>
  /** Reads from the store. */
  readCurrent(): Promise<ReadonlyMap<string, StoredConnection>>
  /** Reads only the cache. */
  peek(id: string): StoredConnection | undefined
  set(connection: StoredConnection): void
  delete(id: string): void
}

const maxAgeMs = 2_000

export const createConnectionCache = (
  repository: Pick<ConnectionRepository, 'getAll'>,
  now: () => Date,
): ConnectionCache => {
  let connections: Map<string, StoredConnection> | null = null
  let refreshedAt = 0
  let changeCount = 0
  const flight = createSingleFlight<Map<string, StoredConnection>>()

  /** Reads again if this process changed a connection during the read, so that the result includes the change. */
  const refresh = async (): Promise<Map<string, StoredConnection>> => {
    const before = changeCount
    const found = new Map(await repository.getAll())
    if (changeCount !== before) return refresh()
    connections = found
    refreshedAt = now().getTime()
    return found
  }

  const isRecent = (): boolean => Math.abs(now().getTime() - refreshedAt) < maxAgeMs

  return {
    getRecent: async () => {
      if (connections && isRecent()) return connections
      try {
        return await flight.run(refresh)
      } catch (error) {
        if (!connections) throw error
        refreshedAt = now().getTime()
        return connections
      }
    },
    readCurrent: () => refresh(),
    peek: (id) => connections?.get(id),
    set: (changed) => {
      changeCount += 1
      connections?.set(changed.id, changed)
    },
    delete: (id) => {
      changeCount += 1
      connections?.delete(id)
    },
  }
}
