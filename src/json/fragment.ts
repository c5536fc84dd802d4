/** Many elements: the reply that their wire records came in, and the texts that these became. */
export interface FragmentBuffer {
  readonly wire: Buffer
  /** The beginning of a page, all texts with commas between them, and room for the end of a page. */
  text: Buffer
  /** Where the last text has ended. */
  textEnd: number
  /** Whether a page was ended here: there is room for one. */
  hasPageSuffix: boolean
}

export const pagePrefix = '{"data":['

/** As long as what ends a page gets. */
export const maxPageSuffixBytes = 128

/** An element of a list that is written already, since whoever asked for it only sends it on. */
export interface JsonFragment {
  readonly [fragmentBrand]: true
  /** What lists are put in order and cut by. */
  readonly id: string | null
  readonly createdAt: string | null
  readonly buffer: FragmentBuffer
  /** Where its JSON text is. */
  readonly from: number
  readonly to: number
  /** Where the wire record is that it was made of. */
  readonly wireFrom: number
  readonly wireTo: number
}

const fragmentBrand: unique symbol = Symbol('written')

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

/** The element itself, as an object. */
export const parseFragment = <Element>(element: Element | JsonFragment): Element =>
  isFragment(element) ? JSON.parse(getFragmentText(element)) : element

export const getFragmentText = ({ buffer, from, to }: JsonFragment): string => buffer.text.toString('utf8', from, to)
