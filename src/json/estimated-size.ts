import { isWritten } from '#src/json/fragment.ts'

const sampleSize = 8

/** Of what is kept, and measured again with each list that it is in. */
const known = new WeakMap<object, number>()

const lengthOf = (value: unknown): number => {
  // The text that it was written as, and the wire's.
  if (isWritten(value)) return value.to - value.from + value.wireTo - value.wireFrom
  if (typeof value !== 'object' || value === null || !Object.isFrozen(value)) return JSON.stringify(value).length
  const length = known.get(value) ?? JSON.stringify(value).length
  known.set(value, length)
  return length
}

/** About what a value takes in memory, of a list from some of its elements: two bytes a character of their JSON. */
export const bytesOf = (value: unknown): number => {
  if (!Array.isArray(value)) return 1 + 2 * JSON.stringify(value).length
  const step = Math.max(1, Math.floor(value.length / sampleSize))
  let [length, count] = [0, 0]
  for (let index = 0; index < value.length; index += step) {
    length += lengthOf(value[index])
    count += 1
  }
  return 1 + Math.ceil((2 * length * value.length) / Math.max(1, count))
}
