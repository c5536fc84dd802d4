import { hash } from 'node:crypto'

/** Of bytes that are remembered, and sent again. */
const known = new WeakMap<Buffer, string>()

/** A strong entity tag: the same bytes have the same, others another. */
export const tagOf = (payload: string | Buffer): string => {
  if (typeof payload === 'string') return made(payload)
  const tag = known.get(payload) ?? made(payload)
  known.set(payload, tag)
  return tag
}

const made = (payload: string | Buffer): string => `"${hash('sha256', payload, 'base64url').slice(0, 27)}"`

const tags = /(?:W\/)?("[\x21\x23-\x7e\x80-\xff]*")/g

/** Whether `If-None-Match` names it: by weak comparison, as RFC 9110 wants it there. */
export const isNamedIn = (ifNoneMatch: string | undefined, tag: string): boolean => {
  if (ifNoneMatch === undefined) return false
  if (ifNoneMatch.trim() === '*') return true
  return [...ifNoneMatch.matchAll(tags)].some(([, named]) => named === tag)
}

/** Returns true if a valid `If-Match` list has this strong tag. A weak tag never matches (RFC 9110, section 13.1.1). */
export const isMatchedBy = (ifMatch: string, tag: string): boolean =>
  [...ifMatch.matchAll(tags)].some(([listed]) => listed === tag)

/** Returns true if every tag of a valid `If-Match` list is weak. */
export const hasOnlyWeakTags = (ifMatch: string): boolean =>
  [...ifMatch.matchAll(tags)].every(([listed]) => listed.startsWith('W/'))
