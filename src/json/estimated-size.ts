import { isFragment } from '#src/json/fragment.ts'

const maxSampleCount = 8

/** Of what is kept, and measured again with each list that it is in. */
const knownLengths = new WeakMap<object, number>()

const getJsonLength = (value: unknown): number => {
  // The text that it was written as, and the wire's.
  if (isFragment(value)) return value.to - value.from + value.wireTo - value.wireFrom
  if (typeof value !== 'object' || value === null || !Object.isFrozen(value)) return JSON.stringify(value).length
  const length = knownLengths.get(value) ?? JSON.stringify(value).length
  knownLengths.set(value, length)
  return length
}

/** About what a value takes in memory, of a list from some of its elements: two bytes a character of their JSON. */
export const estimateBytes = (value: unknown): number => {
  if (!Array.isArray(value)) return 1 + 2 * JSON.stringify(value).length
  const step = Math.max(1, Math.floor(value.length / maxSampleCount))
  let [length, count] = [0, 0]
  for (let index = 0; index < value.length; index += step) {
    length += getJsonLength(value[index])
    count += 1
  }
  return 1 + Math.ceil((2 * length * value.length) / Math.max(1, count))
}
