import { openStore } from '#src/store/index.ts'
import { openRedisStore } from '#src/store/redis/index.ts'
import { parseRedisUrl } from '#src/store/redis/url.ts'
import { openSqliteStore } from '#src/store/sqlite/index.ts'
import type { Store } from '#src/store/store.ts'

/** Like `openStore`, but with long timeouts, so that no call fails on a busy machine. */
export const openWithRetry = (url: string): Store => {
  const address = parseRedisUrl(url)
  if (address) return openRedisStore(address, 20_000)
  return url.startsWith('file:') ? openSqliteStore(url.slice('file:'.length), Date.now, 20_000) : openStore(url)
}
