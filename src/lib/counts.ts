/** Counts by key. A key whose count is zero needs no memory. */
export const createCounts = () => {
  const counts = new Map<string, number>()
  const get = (key: string): number => counts.get(key) ?? 0
  return {
    get,
    add: (key: string, change: number): void => {
      const count = get(key) + change
      if (count === 0) counts.delete(key)
      else counts.set(key, count)
    },
  }
}
