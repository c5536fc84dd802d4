import { readFileSync } from 'node:fs'
import { foldersTable } from './folders.ts'
import { renderMappingPage } from './mapping.ts'
import { renderProblemsPage } from './problems.ts'

const markers = /(<!-- generated: folders -->\n)[\s\S]*?(\n<!-- end -->)/

const contributingPage = (): string =>
  readFileSync(`${import.meta.dirname}/../../CONTRIBUTING.md`, 'utf8').replace(
    markers,
    (_, start: string, end: string) => start + foldersTable() + end,
  )

/** The generated pages, or pages with generated parts, by file name. */
export const renderPages = (): Record<string, string> => ({
  'CONTRIBUTING.md': contributingPage(),
  'docs/mapping.md': renderMappingPage(),
  'docs/problems.md': renderProblemsPage(),
})
