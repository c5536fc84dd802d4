import type { SpacioSettings } from './settings.ts'

/** JSON that is already written, faulty or not. */
export interface Written {
  written: string
}

type Value = string | number | boolean | Written
export type Fields = Record<string, Value>

const write = (value: Value): string => (typeof value === 'object' ? value.written : JSON.stringify(value))

export const writeObject = (fields: Fields, trailingComma = false): Written => {
  const members = Object.entries(fields).map(([name, value]) => `${JSON.stringify(name)}:${write(value)}`)
  return { written: `{${members.join(',')}${trailingComma ? ', ' : ''}}` }
}

export const writeList = (items: readonly Value[]): Written => ({ written: `[${items.map(write).join(',')}]` })

/** Spacio's lists are objects keyed by number, from 1 at the top and from 0 inside a record. */
export function writeKeyed(items: readonly Value[], from: 0 | 1, settings: SpacioSettings): Written {
  if (items.length === 0) return { written: settings.emptyKeyed === '{}' ? '{}' : '[]' }
  if (settings.keyedAs === 'array') return writeList(items)
  const members = items.map((item, index) => `"${index + from}":${write(item)}`)
  return { written: `{${members.join(',')}}` }
}

/** `{ "a@example.com", "b@example.com" }`: no JSON at all, and exactly what the vendor shows. */
export function writeBraces(items: readonly string[], settings: SpacioSettings): Written {
  if (settings.strictJson) return writeList(items)
  return { written: `{\n  ${items.map((item) => JSON.stringify(item)).join(', \n  ')}\n}` }
}
