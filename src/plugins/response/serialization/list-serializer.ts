import { type Piece, writeBytes } from '#src/json/concat-pieces.ts'
import { isWritten, pageBeginning, pageEndRoom, type Written } from '#src/json/fragment.ts'

export interface List {
  readonly data: readonly object[]
  readonly pagination: object
}

type Write<T> = (value: T) => string

interface KnownPage {
  readonly data: readonly object[]
  readonly pagination: string
  readonly bytes: Buffer
}

/** Pages that begin with one and the same element: a few limits and filters. */
const mostPages = 4

/**
 * Writes lists element by element, so that no text is as large as the list. A page of elements that are kept, each the
 * same object as last time, has the same bytes as last time: they are remembered with its first element, and forgotten
 * with it.
 */
export const createListWriter = (writeElement: Write<object>, writePagination: Write<object>) => {
  const written = new WeakMap<object, KnownPage[]>()

  const remembered = (first: object, data: readonly object[], pagination: string): Buffer | undefined =>
    written.get(first)?.find((page) => page.pagination === pagination && areSame(page.data, data))?.bytes

  const remember = (first: object, page: KnownPage): void => {
    written.set(first, [page, ...(written.get(first) ?? [])].slice(0, mostPages))
  }

  return ({ data, pagination }: List): Buffer => {
    const ending = writePagination(pagination)
    const [first] = data
    const known = first && remembered(first, data, ending)
    if (known) return known
    const bytes = endedInPlace(data, endOf(ending)) ?? writeBytes(piecesOf(data, writeElement, ending))
    // Only what is kept is frozen, and only what is kept comes again.
    if (first && Object.isFrozen(first)) remember(first, { data, pagination: ending, bytes })
    return bytes
  }
}

const endOf = (pagination: string): string => `],"pagination":${pagination}}`

/** A page of all elements that were written together, and in their order: only its end is missing. Null: it is another. */
const endedInPlace = (data: readonly object[], end: string): Buffer | null => {
  const [first] = data
  if (!isWritten(first) || first.from !== pageBeginning.length || runFrom(data, 0) !== data.length) return null
  const { sheet } = first
  const isWhole = (data.at(-1) as Written).to === sheet.end && !sheet.isEnded && end.length <= pageEndRoom
  if (!isWhole) return null
  sheet.isEnded = true
  return sheet.text.subarray(0, sheet.end + sheet.text.write(end, sheet.end))
}

function* piecesOf(data: readonly object[], write: Write<object>, ending: string): Generator<Piece> {
  yield pageBeginning
  for (let index = 0; index < data.length; ) {
    if (index > 0) yield ','
    const element = data[index] as object
    const count = isWritten(element) ? runFrom(data, index) : 1
    yield isWritten(element) ? runOf(element, data[index + count - 1] as Written) : write(element)
    index += count
  }
  yield endOf(ending)
}

/** How many elements stand one after the other, and with a comma between them, where they were written. */
const runFrom = (data: readonly object[], start: number): number => {
  let [end, last] = [start + 1, data[start] as Written]
  for (let next = data[end]; isWritten(next) && isNextTo(last, next); next = data[end]) {
    last = next
    end += 1
  }
  return end - start
}

const isNextTo = (one: Written, other: Written): boolean => other.sheet === one.sheet && other.from === one.to + 1

const runOf = ({ sheet, from }: Written, { to }: Written): Piece => ({ bytes: sheet.text, from, to })

const areSame = (before: readonly object[], data: readonly object[]): boolean =>
  before.length === data.length && before.every((element, index) => element === data[index])
