/** Grows to the longest reply, and no further than this. */
const mostKept = 4 * 1024 * 1024

let scratch = Buffer.allocUnsafeSlow(64 * 1024)

/** Texts, one after the other, as UTF-8. */
export const writeBytes = (texts: Iterable<string>): Buffer => {
  let [buffer, length] = [scratch, 0]
  for (const text of texts) {
    // A UTF-16 unit takes three bytes at most.
    const needed = length + 3 * text.length
    if (needed > buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * buffer.length))
      buffer.copy(larger, 0, 0, length)
      buffer = larger
    }
    length += buffer.write(text, length, 'utf8')
  }
  if (buffer.length <= mostKept) scratch = buffer
  return Buffer.from(buffer.subarray(0, length))
}
