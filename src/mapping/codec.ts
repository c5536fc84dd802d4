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
 * `decode` is total: it answers `unreadable` instead of throwing. It is never called with an absent value
 * (missing key, `null`, `""`): those become `empty`. `encode` exists where the upstream can be written.
 */
export interface Codec<Value, Empty = null> {
  readonly name: string
  readonly empty: Empty
  /** What a value that is there may look like on the wire. */
  readonly wire: WireSchema
  /** Without it a record whose field is absent or unreadable cannot be used at all. */
  readonly required?: boolean
  decode(wire: unknown, drift: DriftSink): Value | Empty | Unreadable
  encode?(value: Value): unknown
  /** Writes what usual values are decoded to without decoding them. */
  readonly transcode?: ValueTranscoder
  /** Of nested records. */
  readonly nested?: { readonly kind: 'record' | 'list'; readonly of: { readonly transcoder: RecordTranscoder } }
}

/** A codec for a field that a record cannot do without: unreadable means that the whole record is. */
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
    decode: (wire, drift) => (isSentinel(wire) ? inner.empty : inner.decode(wire, drift)),
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
  /** Nearly every text begins with another letter. */
  const mayMatch = (wire: string): boolean => {
    const first = wire.charCodeAt(0)
    return first === upper || first === lower || !isPlainCharacter(first)
  }
  return (wire) =>
    wire === sentinel || (typeof wire === 'string' && mayMatch(wire) && wire.trim().toUpperCase() === word)
}

/** A number, or the plain decimal digits of one in text. */
const toNumber = (wire: unknown): unknown =>
  typeof wire === 'string' && /^\s*-?\d+(?:\.\d+)?\s*$/.test(wire) ? Number(wire) : wire

/** Printed ASCII: nothing that trimming takes away, and no letter that changes its length with its case. */
const isPlainCharacter = (code: number): boolean => code > 0x20 && code < 0x7f
