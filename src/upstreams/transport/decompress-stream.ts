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

/** Lists of like records shrink to a thirtieth or so; what shrinks to much less is made to burst. */
const maxExpansionRatio = 250

/** As `unpack`, while it comes. A bomb is let go beyond `freeBytes`, where it is many times as large as what was sent. */
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
