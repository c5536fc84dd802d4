import type { SpacioSettings } from './settings.ts'

/** JSON text that is already serialized and possibly invalid. */
export interface JsonText {
  text: string
}

type Value = string | number | boolean | JsonText
export type Fields = Record<string, Value>

const toJsonText = (value: Value): string => (typeof value === 'object' ? value.text : JSON.stringify(value))

export const toObject = (fields: Fields, trailingComma = false): JsonText => {
  const members = Object.entries(fields).map(([name, value]) => `${JSON.stringify(name)}:${toJsonText(value)}`)
  return { text: `{${members.join(',')}${trailingComma ? ', ' : ''}}` }
}

export const toList = (items: readonly Value[]): JsonText => ({ text: `[${items.map(toJsonText).join(',')}]` })

/** Spacio's lists are objects with numeric keys, from 1 at the top level and from 0 inside a record. */
export function toKeyedList(items: readonly Value[], from: 0 | 1, settings: SpacioSettings): JsonText {
  if (items.length === 0) return { text: settings.emptyKeyed === '{}' ? '{}' : '[]' }
  if (settings.keyedAs === 'array') return toList(items)
  const members = items.map((item, index) => `"${index + from}":${toJsonText(item)}`)
  return { text: `{${members.join(',')}}` }
}

/** `{ "a@example.com", "b@example.com" }`: invalid JSON, exactly as in the vendor's samples. */
export function toBraceList(items: readonly string[], settings: SpacioSettings): JsonText {
  if (settings.strictJson) return toList(items)
  return { text: `{\n  ${items.map((item) => JSON.stringify(item)).join(', \n  ')}\n}` }
}
