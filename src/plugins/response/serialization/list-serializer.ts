import { createByteWriter, writeByte, writeSlice, writeText } from '#src/json/byte-writer.ts'
import { isFragment } from '#src/json/fragment.ts'

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

/** The pages of a few limits and filters can begin with the same element. */
const maxPagesPerElement = 4

/**
 * Serializes lists element by element, so that no string is as large as the list. A page of the same cached elements has
 * the same bytes, which are stored under its first element and collected with it.
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
    const bytes = writePage(data, writeElement, paginationText)
    // Only cached elements are frozen, and only they come again.
    if (first && Object.isFrozen(first)) storePage(first, { data, pagination: paginationText, bytes })
    return bytes
  }
}

/** A larger buffer is not kept for the next page. */
const maxScratchBytes = 4 * 1024 * 1024

let scratch = createByteWriter(64 * 1024)

const comma = 0x2c

const writePage = (data: readonly object[], write: Write<object>, paginationText: string): Buffer => {
  scratch.offset = 0
  writeText(scratch, '{"data":[')
  for (const [index, element] of data.entries()) {
    if (index > 0) writeByte(scratch, comma)
    if (isFragment(element)) writeSlice(scratch, element.buffer.text, element.from, element.to)
    else writeText(scratch, write(element))
  }
  writeText(scratch, `],"pagination":${paginationText}}`)
  const page = Buffer.from(scratch.bytes.subarray(0, scratch.offset))
  if (scratch.bytes.length > maxScratchBytes) scratch = createByteWriter(64 * 1024)
  return page
}

const hasSameElements = (before: readonly object[], data: readonly object[]): boolean =>
  before.length === data.length && before.every((element, index) => element === data[index])
