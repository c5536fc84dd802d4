import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Store } from '#src/store/store.ts'

const later: (() => unknown)[] = []

export const doLater = (step: () => unknown): void => {
  later.push(step)
}

export const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'foyer-store-'))
  later.push(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** The store is closed when the test is over. */
export const openLater = (store: Store): Store => {
  later.push(() => store.close())
  return store
}

/** Clears away, the last thing first. */
export const runLater = async (): Promise<void> => {
  for (const step of later.splice(0).reverse()) await step()
}

/** Of a file that does not exist yet. */
export const newPath = (): string => join(temporaryFolder(), 'foyer.db')

export const withDatabase = <T>(path: string, step: (database: DatabaseSync) => T): T => {
  const database = new DatabaseSync(path)
  try {
    return step(database)
  } finally {
    database.close()
  }
}
