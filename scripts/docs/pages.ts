import { mappingPage } from './mapping.ts'
import { problemsPage } from './problems.ts'

/** The pages of `docs` that are made from the code, by file name. */
export const pages = (): Record<string, string> => ({
  'docs/mapping.md': mappingPage(),
  'docs/problems.md': problemsPage(),
})
