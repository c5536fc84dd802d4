type Value = string | number | boolean | null | undefined | readonly Value[] | { readonly [name: string]: Value }

export type Query = Readonly<Record<string, Value>>

/** What `encodeURIComponent` leaves as it is and RFC 3986 does not. */
const reserved = /[!'()*]/g

const encoded = (text: string): string =>
  encodeURIComponent(text.toWellFormed()).replace(
    reserved,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )

const pairsOf = (name: string, value: Value): string[] => {
  if (value === undefined) return []
  if (value === null || typeof value !== 'object') return [`${encoded(name)}=${encoded(String(value ?? ''))}`]
  if (Array.isArray(value)) return value.flatMap((each) => pairsOf(`${name}[]`, each))
  return Object.entries(value).flatMap(([key, each]) => pairsOf(`${name}[${key}]`, each))
}

/** Nested names in brackets, a list by empty ones: `a[$in][]=1&a[$in][]=2`, as `qs` reads it. */
export const queryStringOf = (query: Query): string =>
  Object.entries(query)
    .flatMap(([name, value]) => pairsOf(name, value))
    .join('&')
