/** What a page shows of a reply that is not so; the values of a demo differ from day to day, their form does not. */
export const findDifferences = (shown: unknown, actual: unknown, path = ''): string[] => {
  if (shown === null) return actual === undefined ? [`${path} is not there`] : []
  if (Array.isArray(shown)) {
    if (!Array.isArray(actual)) return [`${path} is no list`]
    // An empty list stands for elements that the page leaves out.
    return shown.flatMap((element, index) => findDifferences(element, actual[index], `${path}[${index}]`))
  }
  if (typeof shown === 'object') return findRecordDifferences(shown as Fields, actual, path)
  if (fixedFieldPattern.test(path) && shown !== actual) return [`${path} is ${JSON.stringify(actual)}`]
  return actual === null || typeof actual === typeof shown ? [] : [`${path} is ${typeof actual}`]
}

type Fields = Record<string, unknown>

/** These are the same every day. */
const fixedFieldPattern = /^\.(type|title|status|code|detail)$/

const findRecordDifferences = (shown: Fields, actual: unknown, path: string): string[] => {
  if (typeof actual !== 'object' || actual === null) return [`${path} is no record`]
  const given = actual as Fields
  const extra = Object.keys(given).filter((name) => !Object.hasOwn(shown, name))
  return [
    ...extra.map((name) => `${path}.${name} is not shown`),
    ...Object.entries(shown).flatMap(([name, value]) => findDifferences(value, given[name], `${path}.${name}`)),
  ]
}
