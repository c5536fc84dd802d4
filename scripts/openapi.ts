/** Writes `openapi/*.json` from the schemas, or with `--check` says which of them is stale. */
import { readFile, writeFile } from 'node:fs/promises'
import { documents } from './openapi/documents.ts'

const isCheck = process.argv.includes('--check')
const stale: string[] = []

for (const [name, document] of Object.entries(await documents())) {
  const path = `${import.meta.dirname}/../openapi/${name}.json`
  const text = `${JSON.stringify(document, null, 2)}\n`
  if (!isCheck) await writeFile(path, text)
  else if ((await readFile(path, 'utf8').catch(() => '')) !== text) stale.push(`openapi/${name}.json`)
}

if (stale.length > 0) {
  process.stderr.write(`Stale: ${stale.join(', ')}. Run "npm run openapi" and commit the result.\n`)
  process.exitCode = 1
}
