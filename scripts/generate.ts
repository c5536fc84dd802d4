/** Writes all that follows from the code, `openapi/*.json` and two pages of `docs`, or with `--check` says what is stale. */
import { readFile, writeFile } from 'node:fs/promises'
import { pages } from './docs/pages.ts'
import { documents } from './openapi/documents.ts'

const isCheck = process.argv.includes('--check')
const stale: string[] = []

const files = {
  ...Object.fromEntries(
    Object.entries(await documents()).map(([name, document]) => [
      `openapi/${name}.json`,
      `${JSON.stringify(document, null, 2)}\n`,
    ]),
  ),
  ...pages(),
}

for (const [name, text] of Object.entries(files)) {
  const path = `${import.meta.dirname}/../${name}`
  if (!isCheck) await writeFile(path, text)
  else if ((await readFile(path, 'utf8').catch(() => '')) !== text) stale.push(name)
}

if (stale.length > 0) {
  process.stderr.write(`Stale: ${stale.join(', ')}. Run "npm run generate" and commit the result.\n`)
  process.exitCode = 1
}
