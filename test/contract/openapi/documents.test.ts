import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { createDocuments } from '../../../scripts/openapi/documents.ts'
import {
  documentNames,
  findViolation,
  getPath,
  listExamples,
  listOperations,
  readCommitted,
  resolve,
} from '../../support/openapi.ts'

const run = promisify(execFile)

const root = `${import.meta.dirname}/../../..`

interface LintReport {
  totals: { errors: number; warnings: number }
  problems: { ruleId: string; message: string }[]
}

/** One report per document. The linter makes no network request. */
const lint = async (): Promise<LintReport[]> => {
  const { stdout } = await run(
    `${root}/node_modules/.bin/redocly`,
    ['lint', '--extends=recommended', '--format=json', ...documentNames.map((name) => `openapi/${name}.json`)],
    {
      cwd: root,
      env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true', CI: 'true' },
      maxBuffer: 64 * 1024 * 1024,
    },
  ).catch((error: { stdout?: string }) => ({ stdout: error.stdout ?? '' }))
  return stdout.split(/(?<=\n\})(?=\{\n)/).map((report) => JSON.parse(report) as LintReport)
}

test('the committed documents are generated from the schemas and tables', async () => {
  const made = await createDocuments()
  expect(Object.keys(made).sort()).toEqual([...documentNames].sort())
  for (const [name, document] of Object.entries(made)) {
    const isFresh = (await readFile(getPath(name), 'utf8')) === `${JSON.stringify(document, null, 2)}\n`
    expect(isFresh, `openapi/${name}.json is stale: run "npm run openapi"`).toBe(true)
  }
})

test('the linter finds neither errors nor warnings', async () => {
  const reports = await lint()
  expect(reports.flatMap(({ problems }) => problems.map(({ ruleId, message }) => `${ruleId}: ${message}`))).toEqual([])
  expect(reports.map(({ totals }) => totals)).toMatchObject(documentNames.map(() => ({ errors: 0, warnings: 0 })))
})

describe.each(documentNames)('%s.json', (name) => {
  const document = readCommitted(name)
  const operations = listOperations(document)

  test('every example meets its schema', () => {
    const examples = listExamples(document)
    const faults = examples.map(({ pointer, value }) => ({ pointer, fault: findViolation(name, pointer, value) }))
    expect(examples.length).toBeGreaterThan(20)
    expect(faults.filter(({ fault }) => fault !== null)).toEqual([])
  })

  test('every operation has a name of its own, a summary, a description and a tag', () => {
    const ids = operations.map(({ operationId }) => operationId)
    expect(new Set(ids).size).toBe(operations.length)
    for (const { operationId, summary, description, tags } of operations) {
      expect({ operationId, summary, description, tags }).toEqual({
        operationId: expect.stringMatching(/^[a-z]\w+$/),
        summary: expect.stringMatching(/^[A-Z].*[^.]$/),
        description: expect.stringMatching(/^[A-Z][\s\S]*\.$/),
        tags: [expect.any(String)],
      })
    }
  })

  test.each(operations)(
    '$operationId: every JSON reply and every body has an example',
    ({ responses, requestBody }) => {
      const replies = Object.values(responses as object).map((reply) => resolve(document, reply))
      for (const { content = {} } of [...replies, requestBody ?? {}]) {
        for (const media of Object.values<object>(content)) {
          expect('example' in media || 'examples' in media).toBe(true)
        }
      }
    },
  )

  test('every component has a name', () => {
    const names = Object.values<object>(document.components).flatMap((kind) => Object.keys(kind))
    expect(names.filter((component) => !/^[A-Za-z]\w*$/.test(component) || /^(def|schema)/.test(component))).toEqual([])
  })
})
