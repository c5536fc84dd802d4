import { hash } from 'node:crypto'
import { getOrCreate } from '#src/lib/get-or-create.ts'

/** Cached payloads are sent repeatedly, so their tags are cached too. */
const tagsByPayload = new WeakMap<Buffer, string>()

/** Returns a strong entity tag, derived from a hash of the bytes. */
export const getEntityTag = (payload: string | Buffer): string =>
  typeof payload === 'string' ? computeTag(payload) : getOrCreate(tagsByPayload, payload, () => computeTag(payload))

const computeTag = (payload: string | Buffer): string => `"${hash('sha256', payload, 'base64url').slice(0, 27)}"`

const tagPattern = /(?:W\/)?("[\x21\x23-\x7e\x80-\xff]*")/g

/** Returns true if `If-None-Match` lists the tag. It uses weak comparison (RFC 9110, section 13.1.2). */
export const matchesIfNoneMatch = (ifNoneMatch: string | undefined, tag: string): boolean => {
  if (ifNoneMatch === undefined) return false
  if (ifNoneMatch.trim() === '*') return true
  return [...ifNoneMatch.matchAll(tagPattern)].some(([, listedTag]) => listedTag === tag)
}

/** Returns true if a valid `If-Match` list has this strong tag. A weak tag never matches (RFC 9110, section 13.1.1). */
export const matchesIfMatch = (ifMatch: string, tag: string): boolean =>
  [...ifMatch.matchAll(tagPattern)].some(([listed]) => listed === tag)

/** Returns true if every tag of a valid `If-Match` list is weak. */
export const hasOnlyWeakTags = (ifMatch: string): boolean =>
  [...ifMatch.matchAll(tagPattern)].every(([listed]) => listed.startsWith('W/'))
