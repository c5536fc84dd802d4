type QueryValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly QueryValue[]
  | { readonly [name: string]: QueryValue }

export type QueryParameters = Readonly<Record<string, QueryValue>>

/** Characters that RFC 3986 reserves but `encodeURIComponent` does not encode. */
const reservedCharacters = /[!'()*]/g

const encodeComponent = (text: string): string =>
  encodeURIComponent(text.toWellFormed()).replace(
    reservedCharacters,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )

const toPairs = (name: string, value: QueryValue): string[] => {
  if (value === undefined) return []
  if (value === null || typeof value !== 'object')
    return [`${encodeComponent(name)}=${encodeComponent(String(value ?? ''))}`]
  if (Array.isArray(value)) return value.flatMap((each) => toPairs(`${name}[]`, each))
  return Object.entries(value).flatMap(([key, each]) => toPairs(`${name}[${key}]`, each))
}

/** Formats nested names and lists as `qs` reads them: `a[$in][]=1&a[$in][]=2`. */
export const formatQueryString = (query: QueryParameters): string =>
  Object.entries(query)
    .flatMap(([name, value]) => toPairs(name, value))
    .join('&')
