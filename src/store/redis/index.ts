import type { Store } from '../store.ts'
import { wrapStoreErrors } from '../unavailable.ts'
import { connectRedis } from './connection.ts'
import { createRedisCounters } from './counters.ts'
import { createRedisLogs } from './logs.ts'
import { createRedisRecords } from './records.ts'
import type { RedisAddress } from './url.ts'
import { createRedisValues } from './values.ts'

const defaultCallTimeoutMs = 250

/**
 * A store in a Valkey or Redis server (6.2 or later) that replicas on several machines share.
 * It returns before it is connected; calls fail until then. Redis Cluster is not supported, because the three keys of a
 * log have no hash tag. The server needs `maxmemory-policy noeviction`, and durability depends on its own persistence.
 */
export const openRedisStore = (address: RedisAddress, callTimeoutMs = defaultCallTimeoutMs): Store => {
  const connection = connectRedis(address, callTimeoutMs)
  return wrapStoreErrors({
    ...createRedisLogs(connection),
    ...createRedisValues(connection),
    ...createRedisRecords(connection),
    ...createRedisCounters(connection),
    close: connection.close,
  })
}
