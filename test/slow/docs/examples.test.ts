/** Every block of `curl` and TypeScript in README and docs works with the demo. */
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type Example,
  getExcuse,
  getKind,
  isProblem,
  listExamples,
  runExample,
  startExample,
  writePrograms,
} from '../../support/docs/examples.ts'
import { listBlocks } from '../../support/docs/markdown.ts'
import { pages as allPages, readText, root } from '../../support/docs/pages.ts'
import { type ExampleSandbox, openExampleSandbox } from '../../support/docs/place.ts'
import type { RunningProcess } from '../../support/docs/run.ts'
import { findDifferences } from '../../support/docs/shape.ts'

const run = promisify(execFile)

const pages = allPages.filter((page) => page === 'README.md' || page.startsWith('docs/'))
const withExamples = pages.filter((page) => listExamples(page).length > 0)

let place: ExampleSandbox
let programs: string[]

beforeAll(async () => {
  place = await openExampleSandbox()
  programs = await writePrograms(place, pages)
}, 180_000)

afterAll(() => place?.close())

const compilerOptions = {
  target: 'esnext',
  module: 'nodenext',
  lib: ['esnext', 'dom', 'dom.iterable', 'dom.asynciterable'],
  types: ['node'],
  strict: true,
  noEmit: true,
  erasableSyntaxOnly: true,
  skipLibCheck: true,
}

test('the pages with something to run', () => {
  expect(withExamples).toEqual(expect.arrayContaining(['README.md', 'docs/first-five-minutes.md']))
})

test('a block with curl is run, or a comment above it says why not', () => {
  const escaped = pages.flatMap((page) =>
    listBlocks(readText(page))
      .filter((block) => /^\W*curl /m.test(block.code) && !getKind(block) && getExcuse(block) === null)
      .map(({ line }) => `${page}:${line}`),
  )
  expect(escaped).toEqual([])
})

const compiler = join(root, 'node_modules/typescript/bin/tsc')

test('the TypeScript of the pages type-checks', async () => {
  await writeFile(join(place.folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: programs }))
  const { stdout } = await run(process.execPath, [compiler, '-p', place.folder]).catch((error) => error)
  expect(stdout).toBe('')
})

/** Runs a page's examples in order. An example that does not end by itself must print more after the later ones. */
const follow = async (page: string): Promise<void> => {
  const live: { running: RunningProcess; saysMore: Promise<void> }[] = []
  try {
    for (const example of listExamples(page)) {
      if (!example.isLive) await check(page, example)
      else live.push(await begin(page, example))
    }
    await Promise.all(live.map(({ saysMore }) => saysMore))
  } finally {
    for (const { running } of live) await running.stop()
  }
}

const begin = async (page: string, example: Example) => {
  const running = startExample(place, page, example)
  await running.waitForOutput(/listening/i)
  const saysMore = running.waitForOutput(/./)
  saysMore.catch(() => {})
  return { running, saysMore }
}

const check = async (page: string, example: Example): Promise<void> => {
  const where = `${page}:${example.line}`
  const { code, output, errors } = await runExample(place, page, example)
  // The exit code 22 of curl means that the status was an error.
  const want = isProblem(example.reply) ? 22 : 0
  expect({ where, code, ...(code !== want && { output, errors }) }).toEqual({ where, code: want })
  if (example.reply === undefined) return
  expect({ where, differences: findDifferences(example.reply, JSON.parse(output)) }).toEqual({ where, differences: [] })
}

// This starts several processes, which takes a while on a busy machine.
test.for(withExamples)('%s: its commands work', { timeout: 180_000 }, (page) => follow(page))
