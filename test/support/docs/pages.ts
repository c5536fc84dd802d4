import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '../../..')

export const readText = (page: string): string => readFileSync(join(root, page), 'utf8')

/** Every page of the repository. */
export const pages: readonly string[] = globSync('{*.md,{docs,sandbox,clients,examples,deploy,bench,src}/**/*.md}', {
  cwd: root,
  exclude: (name) => name === 'node_modules' || String(name).endsWith('/node_modules'),
}).sort()
