/** Returns the metrics and labels of a PromQL query. It supports the queries in `deploy/`. */
export interface ParsedQuery {
  /** The selectors: each has a metric and the labels that it matches. */
  selectors: { metric: string; labels: string[] }[]
  /** Labels of `by (…)`. */
  grouped: string[]
}

const keywords =
  /^(sum|max|min|avg|count|topk|rate|increase|absent|histogram_quantile|by|without|on|ignoring|or|and|unless|label_values|e\d+)$/

const selector = /([a-zA-Z_:][\w:]*)\s*(?:\{((?:"[^"]*"|[^"}])*)\})?/g

export const parseQuery = (query: string): ParsedQuery => {
  const grouped = [...query.matchAll(/\b(?:by|without|on)\s*\(([^)]*)\)/g)].flatMap(([, names = '']) =>
    parseList(names),
  )
  const rest = query
    .replace(/\b(?:by|without|on)\s*\([^)]*\)/g, ' ')
    .replace(/\[[^\]]*\]/g, ' ')
    .replace(/\b\d[\w.]*/g, ' ')
  const selectors = [...rest.matchAll(selector)]
    .filter(([, metric = '']) => !keywords.test(metric))
    .map(([, metric = '', matchers = '']) => ({ metric, labels: parseLabels(matchers) }))
  return { selectors, grouped }
}

const parseList = (text: string): string[] =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')

const parseLabels = (matchers: string): string[] =>
  [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"/g)].map(([, name = '']) => name)
