import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createClient } from '@hey-api/openapi-ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Demo, startDemo } from '../support/demo.ts'

const run = promisify(execFile)

const root = join(import.meta.dirname, '../..')

let demo: Demo
let folder: string

beforeAll(async () => {
  demo = await startDemo()
  folder = await mkdtemp(join(root, 'coverage-client-'))
})

afterAll(async () => {
  await demo.stop()
  await rm(folder, { recursive: true })
})

const program = ({ url, headers }: Demo): string => `
import { client } from './client/client.gen.ts'
import { type Lead, listLeads } from './client/index.ts'

// The document allows a key or a token; a plain \`auth\` would be sent as both.
const auth = ({ type }: { type: string }) => (type === 'apiKey' ? ${JSON.stringify(headers['x-api-key'])} : undefined)
client.setConfig({ baseUrl: ${JSON.stringify(url)}, auth })
const query = { brokerageId: 'b1001', limit: 1, 'agentEmail[nin]': 'nobody@example.com' }
const { data, error } = await listLeads({ query })
if (error) throw new Error(error.detail)
const lead: Lead | undefined = data?.data[0]
const name: string | null | undefined = lead?.fullName
const total: number | undefined = data?.pagination.total
console.log(JSON.stringify({ id: lead?.id, name, total }))
`

const compilerOptions = {
  target: 'esnext',
  module: 'nodenext',
  lib: ['esnext', 'dom', 'dom.iterable'],
  types: ['node'],
  strict: true,
  noEmit: true,
  allowImportingTsExtensions: true,
  skipLibCheck: true,
}

test('a client generated from foyer.json type-checks and gets a lead', async () => {
  await createClient({
    input: join(root, 'openapi/foyer.json'),
    output: { path: join(folder, 'client'), importFileExtension: '.ts' },
    logs: { level: 'silent', file: false },
  })
  await writeFile(join(folder, 'program.ts'), program(demo))
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.ts'] }))

  await run(join(root, 'node_modules/.bin/tsc'), ['-p', folder])

  const { stdout } = await run(process.execPath, [join(folder, 'program.ts')])
  expect(JSON.parse(stdout)).toMatchObject({ id: expect.any(String), total: expect.any(Number) })
})
