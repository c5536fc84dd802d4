import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface TestClient {
  id: string
  scopes: readonly string[]
  grants?: Record<string, '*' | readonly string[]>
}

export { scopes as everyScope } from '#src/access-control.ts'

export const everyGrant = { brokerages: '*', teams: '*', agents: '*', connections: '*' } as const

export const makeKey = (): string => `fk_${randomBytes(32).toString('base64url')}`

export const hashKey = (key: string): string => createHash('sha256').update(key).digest('hex')

export const createEntry = (client: TestClient, key: string) => ({ ...client, keyHash: hashKey(key) })

/** Writes a JSON file into a new temporary folder. */
export const writeDocument = (document: unknown): string => {
  const path = join(mkdtempSync(join(tmpdir(), 'foyer-')), 'document.json')
  writeFileSync(path, JSON.stringify(document))
  return path
}

/** Writes a clients file with one key per client. `headers` are the headers of the client. */
export const writeClients = <const Id extends string>(clients: Record<Id, Omit<TestClient, 'id'>>) => {
  const keys = Object.fromEntries(Object.keys(clients).map((id) => [id, makeKey()])) as Record<Id, string>
  const entries = (Object.entries(clients) as [Id, Omit<TestClient, 'id'>][]).map(([id, client]) =>
    createEntry({ id, ...client }, keys[id]),
  )
  return {
    path: writeDocument({ clients: entries }),
    keys,
    headers: (id: Id): Record<string, string> => ({ 'x-api-key': keys[id] }),
  }
}
