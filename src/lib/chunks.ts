/** Bytes that come in chunks. */
export interface Chunks {
  add(chunk: Uint8Array): void
  /** All bytes so far as one buffer; what is added later begins a new one. */
  take(): Buffer
}

/** A chunk that is no longer than this is copied: it would cost more than its bytes, and keep the buffer alive it is a part of. */
const maxCopyBytes = 1024

const blockBytes = 16 * 1024

/** Collects chunks. Any number of tiny ones take little more memory than their bytes. */
export const createChunks = (): Chunks => {
  let parts: Uint8Array[] = []
  let length = 0
  /** The block that short chunks are copied into, and how much of it is full. */
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
    add: (chunk) => {
      // The first chunk is often the only one.
      if (chunk.length <= maxCopyBytes && length > 0) copy(chunk)
      else {
        closeBlock()
        parts.push(chunk)
      }
      length += chunk.length
    },
    take: () => {
      closeBlock()
      const [only] = parts
      const buffer = parts.length === 1 && Buffer.isBuffer(only) ? only : Buffer.concat(parts, length)
      parts = []
      length = 0
      return buffer
    },
  }
}
