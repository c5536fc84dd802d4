import type { Store } from './port.ts'
import { connectRedis } from './redis-connection.ts'
import { createRedisCounters } from './redis-counters.ts'
import { createRedisLogs } from './redis-logs.ts'
import { createRedisRecords } from './redis-records.ts'
import type { RedisAddress } from './redis-url.ts'
import { createRedisValues } from './redis-values.ts'
import { failUnavailable } from './unavailable.ts'

const defaultCallMs = 250

/**
 * State in one Valkey or Redis (6.2 or later) that replicas of several machines share. Returns at once: calls fail until
 * the server is there. A Cluster is not supported: the three keys of a log carry no hash tag. The server must not evict
 * (`maxmemory-policy noeviction`), and keeps what it acknowledged only as its own persistence does.
 */
export const openRedisStore = (address: RedisAddress, callMs = defaultCallMs): Store => {
  const connection = connectRedis(address, callMs)
  return failUnavailable({
    ...createRedisLogs(connection),
    ...createRedisValues(connection),
    ...createRedisRecords(connection),
    ...createRedisCounters(connection),
    close: connection.close,
  })
}
