/** Shorter chunks are copied. A chunk object needs more memory than these bytes, and it retains its parent buffer. */
const maxCopyBytes = 1024

const blockBytes = 16 * 1024

/** Collects chunks of bytes. Many tiny chunks need little more memory than their bytes. */
export const createChunks = () => {
  let parts: Uint8Array[] = []
  let length = 0
  let block: Buffer | null = null
  let blockLength = 0

  const closeBlock = (): void => {
    if (block && blockLength > 0) parts.push(block.subarray(0, blockLength))
    block = null
    blockLength = 0
  }

  const copy = (chunk: Uint8Array): void => {
    if (block && blockLength + chunk.length > block.length) closeBlock()
    block ??= Buffer.allocUnsafeSlow(blockBytes)
    block.set(chunk, blockLength)
    blockLength += chunk.length
  }

  return {
    add: (chunk: Uint8Array): void => {
      // The first chunk is often the only one, so it is not copied.
      if (chunk.length <= maxCopyBytes && length > 0) copy(chunk)
      else {
        closeBlock()
        parts.push(chunk)
      }
      length += chunk.length
    },
    /** Returns all bytes so far as a buffer, and starts a new one. */
    take: (): Buffer => {
      closeBlock()
      const [only] = parts
      const buffer = parts.length === 1 && Buffer.isBuffer(only) ? only : Buffer.concat(parts, length)
      parts = []
      length = 0
      return buffer
    },
  }
}
