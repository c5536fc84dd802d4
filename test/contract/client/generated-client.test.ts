import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { writeClient } from '../../../scripts/openapi/client.ts'
import { clientFolder } from '../../support/client-package.ts'
import { readCommitted } from '../../support/openapi.ts'

const findFiles = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]),
  )

test('the generated part of the client comes from foyer.json', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'foyer-client-'))
  await writeClient(readCommitted('foyer'), folder)
  const made = findFiles(folder)
  const kept = findFiles(join(clientFolder, 'src/generated'))
  rmSync(folder, { recursive: true })
  const stale = Object.keys({ ...made, ...kept }).filter((path) => made[path] !== kept[path])
  expect(stale, 'stale: run "npm run openapi"').toEqual([])
  expect(Object.keys(made).length).toBeGreaterThan(10)
})
