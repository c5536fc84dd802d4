import { pipeline, type Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { createBodyTooLongError } from './errors.ts'

const chunkSize = 64 * 1024

const decompressors: Record<string, () => ReturnType<typeof createGunzip>> = {
  gzip: () => createGunzip({ chunkSize }),
  'x-gzip': () => createGunzip({ chunkSize }),
  deflate: () => createInflate({ chunkSize }),
  br: () => createBrotliDecompress({ chunkSize }),
}

/** Lists of similar records compress about 30:1. Much higher ratios indicate a decompression bomb. */
const maxExpansionRatio = 250

/**
 * As `decompress`, for streams. It aborts a decompression bomb when the output exceeds `minCapBytes` and is many times
 * larger than the input.
 */
export const decompressStream = (
  body: Readable,
  encodings: readonly string[],
  minCapBytes: number,
): AsyncIterable<Buffer> => {
  const steps = encodings.toReversed().flatMap((encoding) => decompressors[encoding]?.() ?? [])
  const [first] = steps
  if (!first) return body
  let last: Readable = body
  for (const step of steps) last = pipeline(last, step, () => {})
  return limitSize(last, () => Math.max(minCapBytes, maxExpansionRatio * first.bytesWritten))
}

async function* limitSize(decompressed: Readable, getMaxBytes: () => number): AsyncGenerator<Buffer, void> {
  let size = 0
  for await (const chunk of decompressed as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > getMaxBytes()) throw createBodyTooLongError(getMaxBytes())
    yield chunk
  }
}
