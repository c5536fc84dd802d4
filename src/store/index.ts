import { resolve } from 'node:path'
import { createMemoryStore } from './memory.ts'
import type { Store } from './port.ts'
import { openSqliteStore } from './sqlite.ts'

/**
 * Opens the store that a URL names: `memory:` or `file:PATH` (taken as it stands, nothing is percent-decoded; a
 * relative path starts at the working directory).
 */
export const openStore = (url: string, now?: () => number): Store => {
  if (url === 'memory:') return createMemoryStore(now)
  const path = url.startsWith('file:') ? url.slice('file:'.length) : ''
  if (path !== '') return openSqliteStore(resolve(path), now)
  // The URL itself stays out of the message: one of a server may hold a password.
  throw new Error('the store URL is not understood: "memory:" or "file:PATH" (embedded SQLite) is allowed')
}
