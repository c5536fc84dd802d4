const maxUrlLength = 4096

const visible = /^[\x21-\x7e]+$/

/** `..` also where a proxy would cut a path parameter off. */
const dots = /^\.{1,2}(;|$)/

const escapedSeparators = /%(2f|5c)/i

/**
 * Null: the target of a request line is a plain path; else what is wrong with it. Whatever one reader of a URL takes
 * for something else than the next one does is refused, so that no proxy before us and no route of ours can differ.
 */
export const complaintOfTarget = (target: string): string | null => {
  if (target.length > maxUrlLength) return `The URL is longer than ${maxUrlLength} characters.`
  if (!target.startsWith('/')) return 'The request line must name a path, not a whole URL.'
  if (!visible.test(target)) return 'The URL holds characters that no URL has.'
  if (target.includes('#')) return 'The URL holds a fragment.'
  return complaintOfPath(target.split('?', 1)[0] ?? '')
}

const complaintOfPath = (path: string): string | null => {
  if (path.includes('\\') || escapedSeparators.test(path)) return 'The path holds a backslash or an escaped separator.'
  const plain = decoded(path)
  if (plain === null) return 'The path holds an escape that cannot be read.'
  if (/\p{Cc}/u.test(plain)) return 'The path holds a control character.'
  return plain.split('/').some((segment) => dots.test(segment)) ? 'The path holds a segment of dots.' : null
}

const decoded = (path: string): string | null => {
  try {
    return decodeURIComponent(path)
  } catch {
    return null
  }
}
