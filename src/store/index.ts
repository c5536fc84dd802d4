import { resolve } from 'node:path'
import { createMemoryStore } from './memory/index.ts'
import { openRedisStore } from './redis/index.ts'
import { parseRedisUrl } from './redis/url.ts'
import { openSqliteStore } from './sqlite/index.ts'
import type { Store } from './store.ts'

const allowedUrls =
  '"memory:", "file:PATH" (embedded SQLite), "redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]" or "rediss://…"'

/**
 * Opens the store of a URL: `memory:`, `file:PATH`, or `redis://…` and `rediss://…` (over TLS).
 * A file path is taken literally, without percent-decoding, and may be relative to the working directory. User and
 * password of Redis are percent-encoded. Redis measures times by the clock of its server instead of `now`.
 */
export const openStore = (url: string, now?: () => number): Store => {
  if (url === 'memory:') return createMemoryStore(now)
  const path = url.startsWith('file:') ? url.slice('file:'.length) : ''
  if (path !== '') return openSqliteStore(resolve(path), now)
  const address = parseRedisUrl(url)
  if (address) return openRedisStore(address)
  // The URL is not part of the message because it may contain a password.
  throw new Error(`the store URL is not understood: ${allowedUrls} is allowed`)
}
