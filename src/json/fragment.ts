/** The JSON of several elements, and the reply with their wire records. */
export interface FragmentBuffer {
  readonly wire: Buffer
  text: Buffer
}

/** An element of a list as JSON text, for a caller that only sends it on. */
export interface JsonFragment {
  readonly [fragmentBrand]: true
  /** The fields that lists are sorted and filtered by. */
  readonly id: string | null
  readonly createdAt: string | null
  readonly buffer: FragmentBuffer
  /** The place of its JSON in `buffer.text`. */
  readonly from: number
  readonly to: number
  /** The place of its wire record in `buffer.wire`. */
  readonly wireFrom: number
  readonly wireTo: number
}

const fragmentBrand: unique symbol = Symbol('fragment')

export const createFragment = (
  id: string | null,
  createdAt: string | null,
  buffer: FragmentBuffer,
  from: number,
  to: number,
  wireFrom: number,
  wireTo: number,
): JsonFragment => ({ [fragmentBrand]: true, id, createdAt, buffer, from, to, wireFrom, wireTo })

export const isFragment = (value: unknown): value is JsonFragment =>
  typeof value === 'object' && value !== null && fragmentBrand in value

/** Returns the element as an object. */
export const parseFragment = <Element>(element: Element | JsonFragment): Element =>
  isFragment(element) ? JSON.parse(getFragmentText(element)) : element

export const getFragmentText = ({ buffer, from, to }: JsonFragment): string => buffer.text.toString('utf8', from, to)
