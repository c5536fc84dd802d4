/** The workflows of `openapi/foyer.arazzo.yaml`, executed by Redocly Respect against the demo. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { demoKeys } from '../../../cli/demo/keys.ts'
import { type Demo, startDemo } from '../../support/demo.ts'

const run = promisify(execFile)

const root = join(import.meta.dirname, '../../..')

let demo: Demo
let folder: string

beforeAll(async () => {
  demo = await startDemo()
  folder = mkdtempSync(join(tmpdir(), 'foyer-workflows-'))
})

afterAll(async () => {
  await demo?.stop()
  rmSync(folder, { recursive: true })
})

const redocly = (args: string[]) =>
  run(join(root, 'node_modules/.bin/redocly'), args, {
    cwd: root,
    env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true', CI: 'true' },
  }).then(
    () => 0,
    ({ code }: { code: number }) => code,
  )

interface Report {
  files: Record<string, { executedWorkflows: { workflowId: string; executedSteps: { status: string }[] }[] }>
}

/** The exit code, and the status of the steps of each workflow. */
const execute = async (apiKey: string) => {
  const file = join(folder, 'report.json')
  const input = JSON.stringify({ apiKey, sid: 10101, eventId: '9' })
  const options = ['--server', `foyer=${demo.url}`, '--input', input, '--json-output', file]
  const code = await redocly(['respect', 'openapi/foyer.arazzo.yaml', ...options])
  const { files } = JSON.parse(readFileSync(file, 'utf8')) as Report
  const workflows = Object.values(files).flatMap(({ executedWorkflows }) => executedWorkflows)
  return {
    code,
    statuses: Object.fromEntries(
      workflows.map(({ workflowId, executedSteps }) => [workflowId, executedSteps.map(({ status }) => status)]),
    ),
  }
}

test('the linter finds nothing in the workflows', async () => {
  expect(await redocly(['lint', '--extends=recommended', 'openapi/foyer.arazzo.yaml'])).toBe(0)
})

test('every step succeeds against the demo', async () => {
  expect(await execute(demoKeys.brokerage)).toEqual({
    code: 0,
    statuses: {
      'show-visitors': Array(4).fill('success'),
      'attach-listing': Array(6).fill('success'),
      'follow-new-leads': Array(5).fill('success'),
    },
  })
})

test('with an invalid key the first step of each workflow fails', async () => {
  expect(await execute('fk_none')).toEqual({
    code: 1,
    statuses: { 'show-visitors': ['error'], 'attach-listing': ['error'], 'follow-new-leads': ['error'] },
  })
})
