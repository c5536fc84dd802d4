/** What a PromQL query speaks of. Enough of the language for the queries in `deploy/`. */
export interface Spoken {
  /** Each selector: a metric and the labels it is chosen by. */
  selectors: { metric: string; labels: string[] }[]
  /** Labels of `by (…)`. */
  grouped: string[]
}

const keywords =
  /^(sum|max|min|avg|count|topk|rate|increase|absent|histogram_quantile|by|without|on|ignoring|or|and|unless|label_values|e\d+)$/

const selector = /([a-zA-Z_:][\w:]*)\s*(?:\{((?:"[^"]*"|[^"}])*)\})?/g

export const spokenIn = (query: string): Spoken => {
  const grouped = [...query.matchAll(/\b(?:by|without|on)\s*\(([^)]*)\)/g)].flatMap(([, names = '']) => listOf(names))
  const rest = query
    .replace(/\b(?:by|without|on)\s*\([^)]*\)/g, ' ')
    .replace(/\[[^\]]*\]/g, ' ')
    .replace(/\b\d[\w.]*/g, ' ')
  const selectors = [...rest.matchAll(selector)]
    .filter(([, metric = '']) => !keywords.test(metric))
    .map(([, metric = '', matchers = '']) => ({ metric, labels: labelsIn(matchers) }))
  return { selectors, grouped }
}

const listOf = (text: string): string[] =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')

const labelsIn = (matchers: string): string[] =>
  [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"/g)].map(([, name = '']) => name)
