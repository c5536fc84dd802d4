import { resolve } from 'node:path'
import { createMemoryStore } from './memory/index.ts'
import { openRedisStore } from './redis/index.ts'
import { parseRedisUrl } from './redis/url.ts'
import { openSqliteStore } from './sqlite/index.ts'
import type { Store } from './store.ts'

const allowedUrls =
  '"memory:", "file:PATH" (embedded SQLite), "redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]" or "rediss://…"'

/**
 * Opens the store that a URL names: `memory:`, `file:PATH` (taken as it stands, nothing is percent-decoded; a relative
 * path starts at the working directory), or `redis://…` and, over TLS, `rediss://…` (user and password percent-encoded;
 * times are by the server's clock, not by `now`).
 */
export const openStore = (url: string, now?: () => number): Store => {
  if (url === 'memory:') return createMemoryStore(now)
  const path = url.startsWith('file:') ? url.slice('file:'.length) : ''
  if (path !== '') return openSqliteStore(resolve(path), now)
  const address = parseRedisUrl(url)
  if (address) return openRedisStore(address)
  // The URL itself stays out of the message: it may hold a password.
  throw new Error(`the store URL is not understood: ${allowedUrls} is allowed`)
}
