/** Many elements: the reply that their wire records came in, and the texts that these became. */
export interface Sheet {
  readonly wire: Buffer
  /** The beginning of a page, all texts with commas between them, and room for the end of a page. */
  text: Buffer
  /** Where the last text has ended. */
  end: number
  /** Whether a page was ended here: there is room for one. */
  isEnded: boolean
}

export const pageBeginning = '{"data":['

/** As long as what ends a page gets. */
export const pageEndRoom = 128

/** An element of a list that is written already, since whoever asked for it only sends it on. */
export interface Written {
  readonly [mark]: true
  /** What lists are put in order and cut by. */
  readonly id: string | null
  readonly createdAt: string | null
  readonly sheet: Sheet
  /** Where its JSON text is. */
  readonly from: number
  readonly to: number
  /** Where the wire record is that it was made of. */
  readonly wireFrom: number
  readonly wireTo: number
}

const mark: unique symbol = Symbol('written')

export const written = (
  id: string | null,
  createdAt: string | null,
  sheet: Sheet,
  from: number,
  to: number,
  wireFrom: number,
  wireTo: number,
): Written => ({ [mark]: true, id, createdAt, sheet, from, to, wireFrom, wireTo })

export const isWritten = (value: unknown): value is Written =>
  typeof value === 'object' && value !== null && mark in value

/** The element itself, as an object. */
export const wholeOf = <Element>(element: Element | Written): Element =>
  isWritten(element) ? JSON.parse(textOf(element)) : element

export const textOf = ({ sheet, from, to }: Written): string => sheet.text.toString('utf8', from, to)
