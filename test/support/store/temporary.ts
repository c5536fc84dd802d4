import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Store } from '#src/store/store.ts'

const cleanupSteps: (() => unknown)[] = []

export const addCleanup = (step: () => unknown): void => {
  cleanupSteps.push(step)
}

export const createTemporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'foyer-store-'))
  cleanupSteps.push(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Closes the store after the test. */
export const closeAfterTest = (store: Store): Store => {
  cleanupSteps.push(() => store.close())
  return store
}

/** Cleans up in reverse order. */
export const runCleanup = async (): Promise<void> => {
  for (const step of cleanupSteps.splice(0).reverse()) await step()
}

/** The path of a file that does not exist yet. */
export const createPath = (): string => join(createTemporaryFolder(), 'foyer.db')

export const withDatabase = <T>(path: string, step: (database: DatabaseSync) => T): T => {
  const database = new DatabaseSync(path)
  try {
    return step(database)
  } finally {
    database.close()
  }
}
