/** Grows to the longest reply, and no further than this. */
const maxScratchBytes = 4 * 1024 * 1024

let scratch = Buffer.allocUnsafeSlow(64 * 1024)

/** A text, or bytes of one. */
export type Piece = string | { readonly bytes: Buffer; readonly from: number; readonly to: number }

/** Pieces, one after the other, as UTF-8. */
export const writeBytes = (pieces: Iterable<Piece>): Buffer => {
  let [buffer, length] = [scratch, 0]
  for (const piece of pieces) {
    // A UTF-16 unit takes three bytes at most.
    const needed = length + (typeof piece === 'string' ? 3 * piece.length : piece.to - piece.from)
    if (needed > buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * buffer.length))
      buffer.copy(larger, 0, 0, length)
      buffer = larger
    }
    length +=
      typeof piece === 'string'
        ? buffer.write(piece, length, 'utf8')
        : piece.bytes.copy(buffer, length, piece.from, piece.to)
  }
  if (buffer.length <= maxScratchBytes) scratch = buffer
  return Buffer.from(buffer.subarray(0, length))
}
