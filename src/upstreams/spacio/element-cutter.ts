import { createChunks } from '#src/lib/chunks.ts'
import {
  backslash,
  closeArray,
  closeObject,
  colon,
  comma,
  isBlank,
  maxDepth,
  maxRecordBytes,
  maxRecordValues,
  openArray,
  openObject,
  quote,
} from '#src/upstreams/spacio/elements.ts'

export interface ElementCutter {
  /** The elements that end within the next bytes, each an object in its brackets and not yet read. Null: no such list. */
  cut(chunk: Buffer): Buffer[] | null
  /** Whether the list has ended: what comes before that is cut. */
  isDone(): boolean
}

/** What may come next. */
type Place = 'list' | 'first' | 'key' | 'colon' | 'value' | 'element' | 'comma' | 'next' | 'end' | 'wrong'

const longestKey = 9

const byteOrderMark = [0xef, 0xbb, 0xbf]

/**
 * Cuts a list of records, `{"1": {…}, …}` or `[{…}, …]`, that comes in any pieces: by the rules of the member reader, for
 * keys that are positions, in whatever order, each once. Of the vendor's defects it takes the comma after the last element.
 */
export const createElementCutter = (): ElementCutter => {
  const element = createElement()
  let place: Place = 'list'
  let close: number = closeObject
  let keyLength = 0
  let position = 0
  const isNewKey = createKeys()
  let markLength = 0

  const inKey = (byte: number): Place => {
    if (byte === quote) return keyLength > 0 && isNewKey(keyLength, position) ? 'colon' : 'wrong'
    keyLength += 1
    position = 10 * position + byte - zero
    return isDigit(byte) && keyLength <= longestKey ? 'key' : 'wrong'
  }

  const toElement = (byte: number): Place => {
    if (close === closeArray) return byte === openObject ? 'element' : 'wrong'
    keyLength = 0
    position = 0
    return byte === quote ? 'key' : 'wrong'
  }

  /** A byte order mark stands before all else. */
  const isOfMark = (byte: number): boolean => {
    if (byte !== byteOrderMark[markLength]) return false
    markLength += 1
    return true
  }

  const toList = (byte: number): Place => {
    close = byte === openArray ? closeArray : closeObject
    return byte === openArray || byte === openObject ? 'first' : 'wrong'
  }

  /** What may come after a byte that is no part of an element. */
  const after = (byte: number): Place => {
    if (place === 'key') return inKey(byte)
    if (isBlank(byte)) return place
    if (place === 'list') return isOfMark(byte) ? 'list' : toList(byte)
    if (place === 'colon') return byte === colon ? 'value' : 'wrong'
    if (place === 'value') return byte === openObject ? 'element' : 'wrong'
    if (byte === close && place !== 'end') return 'end'
    if (place === 'comma') return byte === comma ? 'next' : 'wrong'
    return place === 'end' ? 'wrong' : toElement(byte)
  }

  return {
    cut: (chunk) => {
      const elements: Buffer[] = []
      for (let at = 0; at < chunk.length && place !== 'wrong'; ) {
        if (place !== 'element') place = after(chunk[at] as number)
        // The byte that opens an element is its first.
        if (place !== 'element') at += 1
        else {
          at = element.go(chunk, at)
          if (at < 0) place = 'wrong'
          else if (element.isWhole()) {
            elements.push(element.take())
            place = 'comma'
          }
        }
      }
      return place === 'wrong' ? null : elements
    },
    isDone: () => place === 'end',
  }
}

const zero = 0x30

const isDigit = (byte: number): boolean => byte >= zero && byte <= 0x39

/** Notes the keys of a list, and says whether one is new. Positions that follow one another take no memory. */
const createKeys = (): ((length: number, position: number) => boolean) => {
  let [first, last] = [0, -1]
  const others = new Set<string>()
  return (length, position) => {
    const key = String(position).padStart(length, '0')
    // `01` is another key than `1`.
    const isUsual = String(position).length === length
    if (isUsual && last < first) first = position
    else if (isUsual && position <= last && position >= first) return false
    if (isUsual && (last < first || position === last + 1)) {
      last = position
      return !others.has(key)
    }
    const before = others.size
    return others.add(key).size > before
  }
}

/** One element, as it grows. */
const createElement = () => {
  const parts = createChunks()
  let length = 0
  let depth = 0
  let values = 0
  let isInString = false
  let isEscaped = false

  /** The place after the element, or the chunk's end; -1: nested too deep, or of too many values. */
  const endIn = (chunk: Buffer, start: number): number => {
    for (let at = start; at < chunk.length; at += 1) {
      const byte = chunk[at] as number
      if (isInString) {
        if (isEscaped) isEscaped = false
        else if (byte === backslash) isEscaped = true
        else isInString = byte !== quote
      } else if (byte === quote) isInString = true
      else if (byte === openObject || byte === openArray) {
        depth += 1
        values += 1
        if (depth > maxDepth || values > maxRecordValues) return -1
      } else if (byte === comma) {
        values += 1
        if (values > maxRecordValues) return -1
      } else if (byte === closeObject || byte === closeArray) {
        depth -= 1
        if (depth === 0) return at + 1
      }
    }
    return chunk.length
  }

  return {
    /** The place up to which the chunk belongs to it; -1: it cannot be one. */
    go: (chunk: Buffer, start: number): number => {
      const end = endIn(chunk, start)
      if (end < 0 || length + end - start > maxRecordBytes) return -1
      parts.add(chunk.subarray(start, end))
      length += end - start
      return end
    },
    isWhole: () => depth === 0,
    take: (): Buffer => {
      length = 0
      values = 0
      return parts.take()
    },
  }
}
