/** A growing buffer that bytes are appended to. */
export interface ByteWriter {
  bytes: Buffer
  /** Where the next byte is written. */
  offset: number
}

export const createByteWriter = (size: number): ByteWriter => ({ bytes: Buffer.allocUnsafeSlow(size), offset: 0 })

const ensureCapacity = (output: ByteWriter, needed: number): void => {
  if (output.offset + needed <= output.bytes.length) return
  const larger = Buffer.allocUnsafeSlow(Math.max(output.offset + needed, 2 * output.bytes.length))
  output.bytes.copy(larger, 0, 0, output.offset)
  output.bytes = larger
}

/** For longer slices a native copy is faster than a loop. */
const minBulkCopyBytes = 192

export const writeSlice = (output: ByteWriter, source: Uint8Array, from: number, to: number): void => {
  ensureCapacity(output, to - from)
  const { bytes } = output
  let { offset } = output
  if (to - from < minBulkCopyBytes) {
    for (let index = from; index < to; index += 1) {
      bytes[offset] = source[index] as number
      offset += 1
    }
    output.offset = offset
  } else {
    bytes.set(source.subarray(from, to), offset)
    output.offset = offset + to - from
  }
}

export const writeByte = (output: ByteWriter, byte: number): void => {
  ensureCapacity(output, 1)
  output.bytes[output.offset] = byte
  output.offset += 1
}

export const writeText = (output: ByteWriter, text: string): void => {
  // A UTF-16 unit takes at most three bytes in UTF-8.
  ensureCapacity(output, 3 * text.length)
  output.offset += output.bytes.write(text, output.offset, 'utf8')
}
