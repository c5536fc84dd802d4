import { type Store, StoreUnavailable } from '#src/store/store.ts'

/** A store whose operations fail from a given one on, as after a network failure. */
export const createFailingStore = (store: Store, from: number): Store => {
  let steps = 0
  const withFailure =
    (step: (...args: never[]) => Promise<unknown>) =>
    async (...args: never[]) => {
      if (steps++ >= from) throw new StoreUnavailable('lost')
      return step(...args)
    }
  return Object.fromEntries(Object.entries(store).map(([name, step]) => [name, withFailure(step)])) as never
}
