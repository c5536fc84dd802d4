/**
 * Other generators than that of the typed client can read `openapi/foyer.json`, and TypeScript accepts their output.
 */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { typeCheck } from '../../support/client-package.ts'
import { getPath } from '../../support/openapi.ts'
import { installTool } from '../../support/tools.ts'

const run = promisify(execFile)

const document = getPath('foyer')

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'foyer-generators-'))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', private: true }))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Strict, and the declarations of libraries are checked too. */
const options = {
  ...{ module: 'esnext', moduleResolution: 'bundler', allowImportingTsExtensions: true },
  ...{ types: [], skipLibCheck: false },
}

const usesTypes = `
import type { components, operations } from './types.ts'
type Operation = operations['listLeads']
export const list = (page: Operation['responses']['200']['content']['application/json']): components['schemas']['Lead'][] => page.data
export const query: Operation['parameters']['query'] = { brokerageId: 'b1001', 'sid[in]': '1,2' }
// @ts-expect-error an unknown parameter
export const wrong: Operation['parameters']['query'] = { brokerage: 'b1001' }
`

const usesOrval = `
import { type Lead, listLeads, type Problem } from './orval.ts'
const reply = await listLeads({ brokerageId: 'b1001', 'sid[in]': '1,2' })
export const leads: Lead[] = reply.status === 200 ? reply.data.data : []
export const problem: Problem | null = reply.status === 404 ? reply.data : null
// @ts-expect-error an unknown parameter
listLeads({ brokerage: 'b1001' })
`

test('the types of openapi-typescript', async () => {
  const tool = await installTool('openapi-typescript', '7.13.0')
  await run(process.execPath, [join(tool, 'bin/cli.js'), document, '--output', join(folder, 'types.ts')])
  writeFileSync(join(folder, 'uses-types.ts'), usesTypes)
  expect(await typeCheck(folder, ['uses-types.ts'], { options })).toEqual([])
})

test('the client of orval', async () => {
  const tool = await installTool('orval', '8.38.0')
  const output = ['--output', join(folder, 'orval.ts'), '--client', 'fetch']
  await run(process.execPath, [join(tool, 'dist/bin/orval.mjs'), '--input', document, ...output])
  writeFileSync(join(folder, 'uses-orval.ts'), usesOrval)
  expect(await typeCheck(folder, ['uses-orval.ts'], { options })).toEqual([])
})
