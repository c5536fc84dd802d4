/** Options for `LRUCache` of `lru-cache`. */

/** Limits the number of entries. The option `max` would allocate memory for all of them in advance. */
export const limitEntries = (maxEntries: number) => ({ maxSize: maxEntries, sizeCalculation: () => 1 })

/** Entries expire after `ttl` milliseconds, exactly, on the clock of the caller. */
export const expireAfter = (ttl: number, now: () => number) => ({ ttl, perf: { now }, ttlResolution: 0 })
