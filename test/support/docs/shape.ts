/** Returns the parts of a reply on a page whose form differs from the real reply. Values may differ. */
export const findDifferences = (shown: unknown, actual: unknown, path = ''): string[] => {
  if (shown === null) return actual === undefined ? [`${path} is missing`] : []
  if (Array.isArray(shown)) {
    if (!Array.isArray(actual)) return [`${path} is not a list`]
    // An empty list represents elements that the page omits.
    return shown.flatMap((element, index) => findDifferences(element, actual[index], `${path}[${index}]`))
  }
  if (typeof shown === 'object') return findRecordDifferences(shown as Fields, actual, path)
  if (fixedFieldPattern.test(path) && shown !== actual) return [`${path} is ${JSON.stringify(actual)}`]
  return actual === null || typeof actual === typeof shown ? [] : [`${path} is ${typeof actual}`]
}

type Fields = Record<string, unknown>

/** These values never change. */
const fixedFieldPattern = /^\.(type|title|status|code|detail)$/

const findRecordDifferences = (shown: Fields, actual: unknown, path: string): string[] => {
  if (typeof actual !== 'object' || actual === null) return [`${path} is not a record`]
  const given = actual as Fields
  const extra = Object.keys(given).filter((name) => !Object.hasOwn(shown, name))
  return [
    ...extra.map((name) => `${path}.${name} is not shown`),
    ...Object.entries(shown).flatMap(([name, value]) => findDifferences(value, given[name], `${path}.${name}`)),
  ]
}
