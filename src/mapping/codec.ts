/** Marks a wire value that a codec cannot read; the engine turns it into the codec's `empty` and counts drift. */
export const unreadable: unique symbol = Symbol('unreadable')
export type Unreadable = typeof unreadable

export type DriftKind = 'unreadable' | 'unknown-field'

/** Receives one drift event. Never a value: values may be personal data. */
export type DriftSink = (resource: string, field: string, kind: DriftKind) => void

/**
 * A two-way conversion between one wire value and one canonical value.
 *
 * `decode` is total: it answers `unreadable` instead of throwing. It is never called with an absent value
 * (missing key, `null`, `""`): those become `empty`. `encode` exists where the upstream can be written.
 */
export interface Codec<Value, Empty = null> {
  readonly name: string
  readonly empty: Empty
  /** Without it a record whose field is absent or unreadable cannot be used at all. */
  readonly required?: boolean
  /** The mapping of nested records, when the value is made of them. */
  readonly nested?: NestedMapping
  decode(wire: unknown, drift: DriftSink): Value | Empty | Unreadable
  encode?(value: Value): unknown
}

export interface NestedMapping {
  readonly name: string
}

/** A codec for a field that a record cannot do without: unreadable means that the whole record is. */
export const required = <Value>(inner: Codec<Value, unknown>): Codec<Value, never> =>
  ({ ...inner, name: `required ${inner.name}`, required: true }) as Codec<Value, never>

/** Treats one more wire value (a sentinel such as `-1` or `"N/A"`) as absent. */
export const absentWhen = <Value, Empty>(
  sentinel: string | number,
  inner: Codec<Value, Empty>,
): Codec<Value, Empty> => ({
  ...inner,
  name: `${inner.name}, absent when ${JSON.stringify(sentinel)}`,
  decode: (wire, drift) => (isSentinel(wire, sentinel) ? inner.empty : inner.decode(wire, drift)),
})

const isSentinel = (wire: unknown, sentinel: string | number): boolean =>
  wire === sentinel || (typeof wire === 'string' && wire.trim().toUpperCase() === String(sentinel).toUpperCase())
