import { type Codec, unreadable, type WireSchema } from './codec.ts'
import { isRecord, type Mapping } from './mapping.ts'

/** A nested record, mapped by its own table. */
export const createNestedCodec = <Fields>(mapping: Mapping<Fields>): Codec<Fields> => ({
  name: `record of ${mapping.name}`,
  empty: null,
  wire: { $ref: mapping.name },
  decode: (wire, drift) => mapping.decode(wire, drift) ?? unreadable,
  nested: { kind: 'record', of: mapping },
})

/** A list of nested records: an array, or an object keyed by position. */
export const createNestedListCodec = <Fields>(mapping: Mapping<Fields>): Codec<Fields[], Fields[]> => ({
  name: `list of ${mapping.name}`,
  empty: [],
  wire: createListSchema({ $ref: mapping.name }),
  decode: (wire, drift) => {
    const elements = readElements(wire)
    if (!elements) return unreadable
    const list: Fields[] = []
    for (const element of elements) {
      const value = mapping.decode(element, drift)
      if (value !== null) list.push(value)
    }
    return list
  },
  nested: { kind: 'list', of: mapping },
})

const positionPattern = /^\d{1,9}$/

/** The wire schema of the lists that `readElements` accepts. */
export const createListSchema = (items: WireSchema): WireSchema => ({
  anyOf: [
    { type: 'object', propertyNames: { pattern: positionPattern.source }, additionalProperties: items },
    { type: 'array', items },
  ],
})

/** The elements of an array, or of an object keyed by position ("10" comes after "9"); `null` for anything else. */
export const readElements = (wire: unknown): unknown[] | null => {
  if (Array.isArray(wire)) return wire
  if (!isRecord(wire)) return null
  const keys = Object.keys(wire)
  if (!keys.every(isPosition)) return null
  // JavaScript orders keys that are array indices, but not other spellings.
  if (!keys.every(isIndex)) keys.sort((a, b) => Number(a) - Number(b))
  return keys.map((key) => wire[key])
}

const isPosition = (key: string): boolean => positionPattern.test(key)

/** True for a key without leading zeros. */
const isIndex = (key: string): boolean => key.length === 1 || key.charCodeAt(0) !== 0x30
