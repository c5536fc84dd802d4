const sampleSize = 20

/** About what a value takes in memory, of a list from some of its elements: two bytes a character of their JSON. */
export const bytesOf = (value: unknown): number => {
  if (!Array.isArray(value)) return 1 + 2 * JSON.stringify(value).length
  const step = Math.max(1, Math.floor(value.length / sampleSize))
  const sample = value.filter((_, index) => index % step === 0)
  const length = sample.reduce<number>((sum, element) => sum + JSON.stringify(element).length, 0)
  return 1 + Math.ceil((2 * length * value.length) / Math.max(1, sample.length))
}
