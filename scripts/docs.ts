/** Writes the generated pages of `docs`. With `--check`, it lists the outdated pages instead. */
import { readFile, writeFile } from 'node:fs/promises'
import { renderPages } from './docs/pages.ts'

const isCheck = process.argv.includes('--check')
const stale: string[] = []

for (const [name, text] of Object.entries(renderPages())) {
  const path = `${import.meta.dirname}/../${name}`
  if (!isCheck) await writeFile(path, text)
  else if ((await readFile(path, 'utf8').catch(() => '')) !== text) stale.push(name)
}

if (stale.length > 0) {
  process.stderr.write(`Stale: ${stale.join(', ')}. Run "npm run generate" and commit the result.\n`)
  process.exitCode = 1
}
