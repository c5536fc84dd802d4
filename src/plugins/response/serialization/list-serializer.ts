import { type Piece, writeBytes } from '#src/json/concat-pieces.ts'
import { isFragment, type JsonFragment, maxPageSuffixBytes, pagePrefix } from '#src/json/fragment.ts'

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
const maxPagesPerElement = 4

/**
 * Writes lists element by element, so that no text is as large as the list. A page of elements that are kept, each the
 * same object as last time, has the same bytes as last time: they are remembered with its first element, and forgotten
 * with it.
 */
export const createListWriter = (writeElement: Write<object>, writePagination: Write<object>) => {
  const pagesByFirst = new WeakMap<object, KnownPage[]>()

  const findPage = (first: object, data: readonly object[], pagination: string): Buffer | undefined =>
    pagesByFirst.get(first)?.find((page) => page.pagination === pagination && hasSameElements(page.data, data))?.bytes

  const storePage = (first: object, page: KnownPage): void => {
    pagesByFirst.set(first, [page, ...(pagesByFirst.get(first) ?? [])].slice(0, maxPagesPerElement))
  }

  return ({ data, pagination }: List): Buffer => {
    const paginationText = writePagination(pagination)
    const [first] = data
    const knownBytes = first && findPage(first, data, paginationText)
    if (knownBytes) return knownBytes
    const bytes =
      tryEndInPlace(data, formatEnd(paginationText)) ?? writeBytes(listPieces(data, writeElement, paginationText))
    // Only what is kept is frozen, and only what is kept comes again.
    if (first && Object.isFrozen(first)) storePage(first, { data, pagination: paginationText, bytes })
    return bytes
  }
}

const formatEnd = (pagination: string): string => `],"pagination":${pagination}}`

/** A page of all elements that were written together, and in their order: only its end is missing. Null: it is another. */
const tryEndInPlace = (data: readonly object[], end: string): Buffer | null => {
  const [first] = data
  if (!isFragment(first) || first.from !== pagePrefix.length || countRun(data, 0) !== data.length) return null
  const { buffer } = first
  const isCompleteSheet =
    (data.at(-1) as JsonFragment).to === buffer.textEnd && !buffer.hasPageSuffix && end.length <= maxPageSuffixBytes
  if (!isCompleteSheet) return null
  buffer.hasPageSuffix = true
  return buffer.text.subarray(0, buffer.textEnd + buffer.text.write(end, buffer.textEnd))
}

function* listPieces(data: readonly object[], write: Write<object>, paginationText: string): Generator<Piece> {
  yield pagePrefix
  for (let index = 0; index < data.length; ) {
    if (index > 0) yield ','
    const element = data[index] as object
    const count = isFragment(element) ? countRun(data, index) : 1
    yield isFragment(element) ? toRun(element, data[index + count - 1] as JsonFragment) : write(element)
    index += count
  }
  yield formatEnd(paginationText)
}

/** How many elements stand one after the other, and with a comma between them, where they were written. */
const countRun = (data: readonly object[], start: number): number => {
  let [end, last] = [start + 1, data[start] as JsonFragment]
  for (let next = data[end]; isFragment(next) && isAdjacent(last, next); next = data[end]) {
    last = next
    end += 1
  }
  return end - start
}

const isAdjacent = (one: JsonFragment, other: JsonFragment): boolean =>
  other.buffer === one.buffer && other.from === one.to + 1

const toRun = ({ buffer, from }: JsonFragment, { to }: JsonFragment): Piece => ({ bytes: buffer.text, from, to })

const hasSameElements = (before: readonly object[], data: readonly object[]): boolean =>
  before.length === data.length && before.every((element, index) => element === data[index])
