import { pipeline, type Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { bodyTooLong } from './errors.ts'

const chunkSize = 64 * 1024

const unpackers: Record<string, () => ReturnType<typeof createGunzip>> = {
  gzip: () => createGunzip({ chunkSize }),
  'x-gzip': () => createGunzip({ chunkSize }),
  deflate: () => createInflate({ chunkSize }),
  br: () => createBrotliDecompress({ chunkSize }),
}

/** Lists of like records shrink to a thirtieth or so; what shrinks to much less is made to burst. */
const mostTimes = 250

/** As `unpack`, while it comes. A bomb is let go beyond `freeBytes`, where it is many times as large as what was sent. */
export const unpackStream = (
  body: Readable,
  encodings: readonly string[],
  freeBytes: number,
): AsyncIterable<Buffer> => {
  const steps = encodings.toReversed().flatMap((encoding) => unpackers[encoding]?.() ?? [])
  const [first] = steps
  if (!first) return body
  let last: Readable = body
  for (const step of steps) last = pipeline(last, step, () => {})
  return bounded(last, () => Math.max(freeBytes, mostTimes * first.bytesWritten))
}

async function* bounded(unpacked: Readable, mostBytes: () => number): AsyncGenerator<Buffer, void> {
  let size = 0
  for await (const chunk of unpacked as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > mostBytes()) throw bodyTooLong(mostBytes())
    yield chunk
  }
}
