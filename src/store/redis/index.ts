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
 * State in one Valkey or Redis (6.2 or later) that replicas of several machines share. Returns at once: calls fail until
 * the server is there. A Cluster is not supported: the three keys of a log carry no hash tag. The server must not evict
 * (`maxmemory-policy noeviction`), and keeps what it acknowledged only as its own persistence does.
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
