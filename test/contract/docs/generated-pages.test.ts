import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { renderPages } from '../../../scripts/docs/pages.ts'

test.for(Object.entries(renderPages()))('%s is what the code makes of it', async ([name, text]) => {
  const isFresh = (await readFile(`${import.meta.dirname}/../../../${name}`, 'utf8')) === text
  expect(isFresh, `${name} is stale: run "npm run generate"`).toBe(true)
})
