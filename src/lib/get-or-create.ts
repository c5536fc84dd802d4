interface Entries<Key, Value> {
  get(key: Key): Value | undefined
  set(key: Key, value: Value): unknown
}

/** Returns the value of a key in a `Map`, `WeakMap` or `LRUCache`. Creates and stores a value if the key has none. */
export const getOrCreate = <Key, Value>(entries: Entries<Key, Value>, key: Key, create: () => Value): Value => {
  const existing = entries.get(key)
  if (existing !== undefined) return existing
  const created = create()
  entries.set(key, created)
  return created
}
