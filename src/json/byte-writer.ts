/** Bytes that are written one after the other, into room that grows. */
export interface Output {
  bytes: Buffer
  /** Where the next one goes. */
  at: number
}

export const createOutput = (size: number): Output => ({ bytes: Buffer.allocUnsafeSlow(size), at: 0 })

const makeRoom = (output: Output, needed: number): void => {
  if (output.at + needed <= output.bytes.length) return
  const larger = Buffer.allocUnsafeSlow(Math.max(output.at + needed, 2 * output.bytes.length))
  output.bytes.copy(larger, 0, 0, output.at)
  output.bytes = larger
}

/** From here on a call of the platform's costs less than a loop. */
const longCopy = 192

export const writeSlice = (output: Output, source: Uint8Array, from: number, to: number): void => {
  makeRoom(output, to - from)
  const { bytes } = output
  let { at } = output
  if (to - from < longCopy) {
    for (let index = from; index < to; index += 1) {
      bytes[at] = source[index] as number
      at += 1
    }
    output.at = at
  } else {
    bytes.set(source.subarray(from, to), at)
    output.at = at + to - from
  }
}

export const writeByte = (output: Output, byte: number): void => {
  makeRoom(output, 1)
  output.bytes[output.at] = byte
  output.at += 1
}

/** As UTF-8, of which a UTF-16 unit takes three bytes at most. */
export const writeText = (output: Output, text: string): void => {
  makeRoom(output, 3 * text.length)
  output.at += output.bytes.write(text, output.at, 'utf8')
}

/** A part of some bytes, read as UTF-8. */
export const textIn = (bytes: Uint8Array, from: number, to: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('utf8')
