import { createRedis, type RedisServer, skipsRedis } from './redis.ts'
import { createPath } from './store/temporary.ts'

/** A store that several gateways can share. */
export interface SharedStore {
  url: string
  close(): Promise<void>
}

const startRedis = async (): Promise<SharedStore> => {
  const server: RedisServer = await createRedis()
  await server.start()
  return server
}

const startSqlite = async (): Promise<SharedStore> => ({ url: `file:${createPath()}`, close: async () => {} })

/** One store of each kind that this machine supports. */
export const sharedStores: [name: string, start: () => Promise<SharedStore>][] = [
  ['SQLite', startSqlite],
  ...(skipsRedis ? [] : [['Redis', startRedis] as [string, () => Promise<SharedStore>]]),
]
