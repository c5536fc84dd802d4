import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const levels = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/**
 * Returns the violations of WCAG 2.2, levels A and AA, that axe-core finds on the current page, or in one element of it.
 * @see https://github.com/dequelabs/axe-core/blob/develop/doc/API.md
 */
export const findViolations = async (page: Page, selector?: string): Promise<string[]> => {
  await page.evaluate(source)
  // Without `resultTypes`, axe-core also describes every element that passes.
  const options = JSON.stringify({ runOnly: levels, resultTypes: ['violations'] })
  // Only the messages leave the page: the whole result has megabytes.
  return page.evaluate(`axe.run(${JSON.stringify(selector) ?? 'document'}, ${options}).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, any }) => id + ': ' + target.join(' ') + ': ' + (any[0]?.message ?? ''))))`)
}
