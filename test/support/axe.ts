import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const levels = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

interface Violation {
  id: string
  nodes: { target: string[]; any: { message: string }[] }[]
}

/**
 * Returns the violations of WCAG 2.2, levels A and AA, that axe-core finds on the current page. @see
 * https://github.com/dequelabs/axe-core/blob/develop/doc/API.md
 */
export const findViolations = async (page: Page): Promise<string[]> => {
  await page.evaluate(source)
  const options = JSON.stringify({ runOnly: levels })
  const { violations } = (await page.evaluate(`axe.run(document, ${options})`)) as { violations: Violation[] }
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, any }) => `${id}: ${target.join(' ')}: ${any[0]?.message ?? ''}`),
  )
}
