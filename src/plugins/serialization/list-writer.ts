import { writeBytes } from './bytes.ts'

export interface List {
  readonly data: readonly object[]
  readonly pagination: object
}

type Write<T> = (value: T) => string

interface Written {
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
  const written = new WeakMap<object, Written[]>()

  const remembered = (first: object, data: readonly object[], pagination: string): Buffer | undefined =>
    written.get(first)?.find((page) => page.pagination === pagination && areSame(page.data, data))?.bytes

  const remember = (first: object, page: Written): void => {
    written.set(first, [page, ...(written.get(first) ?? [])].slice(0, mostPages))
  }

  return ({ data, pagination }: List): Buffer => {
    const ending = writePagination(pagination)
    const [first] = data
    const known = first && remembered(first, data, ending)
    if (known) return known
    const bytes = writeBytes(textsOf(data, writeElement, ending))
    // Only what is kept is frozen, and only what is kept comes again.
    if (first && Object.isFrozen(first)) remember(first, { data, pagination: ending, bytes })
    return bytes
  }
}

function* textsOf(data: readonly object[], write: Write<object>, ending: string): Generator<string> {
  let before = '{"data":['
  for (const element of data) {
    yield before + write(element)
    before = ','
  }
  yield `${data.length === 0 ? before : ''}],"pagination":${ending}}`
}

const areSame = (before: readonly object[], data: readonly object[]): boolean =>
  before.length === data.length && before.every((element, index) => element === data[index])
