import type { Sighting, Store } from '#src/store/store.ts'

export const createSightings = (ids: readonly string[], createdAt: number | null = 5): Sighting[] =>
  ids.map((id) => ({ id, createdAt }))

export const createNumbered = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `lead-${index + 1}`)

export const listIds = async (store: Store, log: string, after = 0): Promise<string[]> =>
  (await store.readLog(log, after, 100_000)).map(({ id }) => id)
