import { isFragment } from '#src/json/fragment.ts'
import { getOrCreate } from '#src/lib/get-or-create.ts'

const maxSampleCount = 8

/** The lengths of cached elements, which can be in several lists. */
const knownLengths = new WeakMap<object, number>()

const getJsonLength = (value: unknown): number => {
  // A fragment holds its JSON and its wire record.
  if (isFragment(value)) return value.to - value.from + value.wireTo - value.wireFrom
  if (typeof value !== 'object' || value === null || !Object.isFrozen(value)) return JSON.stringify(value).length
  return getOrCreate(knownLengths, value, () => JSON.stringify(value).length)
}

/** Estimates the memory of a value: two bytes for each character of its JSON. A list is estimated from a sample. */
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
