import type { RecordTranscoder, ValueTranscoder } from './transcode/types.ts'
import { createSentinelTranscoder } from './transcode/values.ts'

/** Marks a wire value that a codec cannot read; the engine turns it into the codec's `empty` and counts drift. */
export const unreadable: unique symbol = Symbol('unreadable')
export type Unreadable = typeof unreadable

export type DriftKind = 'unreadable' | 'unknown-field'

/** Receives one drift event. Never a value: values may be personal data. */
export type DriftSink = (resource: string, field: string, kind: DriftKind) => void

/** A JSON schema of values as they are on the wire; `$ref` names another mapping. */
export interface WireSchema {
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly enum?: readonly unknown[]
  readonly pattern?: string
  readonly examples?: readonly unknown[]
  readonly [keyword: string]: unknown
}

/**
 * A two-way conversion between one wire value and one canonical value.
 *
 * `decode` is total: it returns `unreadable` instead of throwing. It is never called with an absent value
 * (missing key, `null`, `""`): those become `empty`. `encode` exists if the upstream accepts writes.
 */
export interface Codec<Value, Empty = null> {
  readonly name: string
  readonly empty: Empty
  /** Describes present values on the wire. */
  readonly wire: WireSchema
  /** True: a record is unusable if this field is absent or unreadable. */
  readonly required?: boolean
  /** True: `decode` can leave out single elements. */
  readonly hasElements?: boolean
  /** `skip` counts an element of a list that is left out because it cannot be read. */
  decode(wire: unknown, drift: DriftSink, skip?: () => void): Value | Empty | Unreadable
  encode?(value: Value): unknown
  /** Writes the JSON of common values without decoding them. */
  readonly transcode?: ValueTranscoder
  /** The mapping of nested records. */
  readonly nested?: { readonly kind: 'record' | 'list'; readonly of: { readonly transcoder: RecordTranscoder } }
}

/** Makes a field required: if it is unreadable, the whole record is. */
export const requireValue = <Value>(inner: Codec<Value, unknown>): Codec<Value, never> =>
  ({ ...inner, name: `required ${inner.name}`, required: true }) as Codec<Value, never>

/** Treats one more wire value (a sentinel such as `-1` or `"N/A"`) as absent. */
export const withSentinel = <Value, Empty>(
  sentinel: string | number,
  inner: Codec<Value, Empty>,
): Codec<Value, Empty> => {
  const isSentinel = createSentinelTest(sentinel)
  return {
    ...inner,
    name: `${inner.name}, absent when ${JSON.stringify(sentinel)}`,
    wire: toSentinelSchema(inner.wire, sentinel),
    decode: (wire, drift, skip) => (isSentinel(wire) ? inner.empty : inner.decode(wire, drift, skip)),
    ...(inner.transcode && { transcode: createSentinelTranscoder(sentinel, inner.transcode) }),
  }
}

const toSentinelSchema = ({ description, ...rest }: WireSchema, sentinel: string | number): WireSchema => ({
  ...rest,
  description: [description, `\`${JSON.stringify(sentinel)}\` stands for no value.`].filter(Boolean).join(' '),
  'x-absent': sentinel,
})

const createSentinelTest = (sentinel: string | number): ((wire: unknown) => boolean) => {
  if (typeof sentinel === 'number') return (wire) => toNumber(wire) === sentinel
  const word = String(sentinel).toUpperCase()
  const [upper, lower] = [word.charCodeAt(0), word.toLowerCase().charCodeAt(0)]
  /** Compares one letter first, because most texts begin with another one. */
  const mayMatch = (wire: string): boolean => {
    const first = wire.charCodeAt(0)
    return first === upper || first === lower || !isPlainCharacter(first)
  }
  return (wire) =>
    wire === sentinel || (typeof wire === 'string' && mayMatch(wire) && wire.trim().toUpperCase() === word)
}

/** Converts text with plain decimal digits to a number. */
const toNumber = (wire: unknown): unknown =>
  typeof wire === 'string' && /^\s*-?\d+(?:\.\d+)?\s*$/.test(wire) ? Number(wire) : wire

/** True for printable ASCII, which needs no trimming and keeps its length in upper case. */
const isPlainCharacter = (code: number): boolean => code > 0x20 && code < 0x7f
