const maxUrlLength = 4096

const visiblePattern = /^[\x21-\x7e]+$/

/** Nothing that anybody reads in two ways: no dots, escapes or parameters. */
const plainPathPattern = /^[A-Za-z0-9/_~@:-]*$/

/** `..` also where a proxy would cut a path parameter off. */
const dotSegmentPattern = /^\.{1,2}(;|$)/

const escapedSeparatorPattern = /%(2f|5c)/i

/**
 * Null: the target of a request line is a plain path; else what is wrong with it. Whatever one reader of a URL takes
 * for something else than the next one does is refused, so that no proxy before us and no route of ours can differ.
 */
export const validateTarget = (target: string): string | null => {
  if (target.length > maxUrlLength) return `The URL is longer than ${maxUrlLength} characters.`
  if (!target.startsWith('/')) return 'The request line must name a path, not a whole URL.'
  if (!visiblePattern.test(target)) return 'The URL holds characters that no URL has.'
  if (target.includes('#')) return 'The URL holds a fragment.'
  const path = getPath(target)
  return plainPathPattern.test(path) ? null : validatePath(path)
}

const getPath = (target: string): string => {
  const end = target.indexOf('?')
  return end === -1 ? target : target.slice(0, end)
}

const validatePath = (path: string): string | null => {
  if (path.includes('\\') || escapedSeparatorPattern.test(path))
    return 'The path holds a backslash or an escaped separator.'
  const text = tryDecode(path)
  if (text === null) return 'The path holds an escape that cannot be read.'
  if (/\p{Cc}/u.test(text)) return 'The path holds a control character.'
  return text.split('/').some((segment) => dotSegmentPattern.test(segment)) ? 'The path holds a segment of dots.' : null
}

const tryDecode = (path: string): string | null => {
  try {
    return decodeURIComponent(path)
  } catch {
    return null
  }
}
