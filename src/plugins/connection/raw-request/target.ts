const maxUrlLength = 4096

const visiblePattern = /^[\x21-\x7e]+$/

/** Characters that every parser interprets alike: no dots, escapes or parameters. */
const plainPathPattern = /^[A-Za-z0-9/_~@:-]*$/

/** Matches `..` also before a path parameter, which some proxies remove. */
const dotSegmentPattern = /^\.{1,2}(;|$)/

const escapedSeparatorPattern = /%(2f|5c)/i

/**
 * Returns what is ambiguous or invalid in the target of a request line, or null for a plain path. A proxy and the
 * router must never resolve the same target to different routes.
 */
export const validateTarget = (target: string): string | null => {
  if (target.length > maxUrlLength) return `The URL is longer than ${maxUrlLength} characters.`
  if (!target.startsWith('/')) return 'The request line must name a path, not a whole URL.'
  if (!visiblePattern.test(target)) return 'The URL contains invalid characters.'
  if (target.includes('#')) return 'The URL contains a fragment.'
  const path = getPath(target)
  return plainPathPattern.test(path) ? null : validatePath(path)
}

const getPath = (target: string): string => {
  const end = target.indexOf('?')
  return end === -1 ? target : target.slice(0, end)
}

const validatePath = (path: string): string | null => {
  if (path.includes('\\') || escapedSeparatorPattern.test(path))
    return 'The path contains a backslash or an escaped separator.'
  const text = tryDecode(path)
  if (text === null) return 'The path contains an invalid escape.'
  if (/\p{Cc}/u.test(text)) return 'The path contains a control character.'
  return text.split('/').some((segment) => dotSegmentPattern.test(segment)) ? 'The path contains a dot segment.' : null
}

const tryDecode = (path: string): string | null => {
  try {
    return decodeURIComponent(path)
  } catch {
    return null
  }
}
