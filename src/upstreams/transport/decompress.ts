import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'
import { createBodyTooLongError } from './errors.ts'
import type { EncodedReply } from './receive.ts'

const decompressors: Record<string, (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
}

/** Decompresses a body up to a limit. Bodies with unrequested encodings are returned unchanged. */
export const decompress = async (
  { status, body, encodings }: EncodedReply,
  maxOutputLength: number,
): Promise<Buffer> => {
  let decompressed = body
  for (const encoding of encodings.toReversed()) {
    const decompressOne = decompressors[encoding]
    if (!decompressOne || decompressed.length === 0) continue
    decompressed = await decompressOne(decompressed, { maxOutputLength }).catch((error) => {
      throw error.code === 'ERR_BUFFER_TOO_LARGE' ? createBodyTooLongError(maxOutputLength, status) : error
    })
  }
  return decompressed
}
