/**
 * Writes `openapi/` from the schemas, and the client from foyer.json. With `--check`, it lists the outdated documents.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { writeClient } from './openapi/client.ts'
import { type ApiDocument, createCollection } from './openapi/collection.ts'
import { createDocuments } from './openapi/documents.ts'

const root = `${import.meta.dirname}/..`
const isCheck = process.argv.includes('--check')
const stale: string[] = []

const generated = await createDocuments()
const collection = createCollection(generated.foyer as ApiDocument)
for (const [name, document] of Object.entries({ ...generated, 'collections/foyer.postman_collection': collection })) {
  const path = `${root}/openapi/${name}.json`
  const text = `${JSON.stringify(document, null, 2)}\n`
  if (!isCheck) await writeFile(path, text)
  else if ((await readFile(path, 'utf8').catch(() => '')) !== text) stale.push(`openapi/${name}.json`)
}
if (!isCheck) await writeClient(generated.foyer, `${root}/clients/typescript/src/generated`)

if (stale.length > 0) {
  process.stderr.write(`Stale: ${stale.join(', ')}. Run "npm run openapi" and commit the result.\n`)
  process.exitCode = 1
}
