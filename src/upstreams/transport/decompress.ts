import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'
import { bodyTooLong } from './errors.ts'
import type { Received } from './receive.ts'

const unpackers: Record<string, (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
}

/** The body as it was before it was packed: a bomb ends at the limit. What is packed in no way that we asked for stays as it is. */
export const unpack = async ({ status, body, encodings }: Received, maxOutputLength: number): Promise<Buffer> => {
  let unpacked = body
  for (const encoding of encodings.toReversed()) {
    const unpackOne = unpackers[encoding]
    if (!unpackOne || unpacked.length === 0) continue
    unpacked = await unpackOne(unpacked, { maxOutputLength }).catch((error) => {
      throw error.code === 'ERR_BUFFER_TOO_LARGE' ? bodyTooLong(maxOutputLength, status) : error
    })
  }
  return unpacked
}
