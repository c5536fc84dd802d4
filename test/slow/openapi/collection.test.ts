import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { demoClients } from '../../../cli/demo/keys.ts'
import { type ApiDocument, createCollection } from '../../../scripts/openapi/collection.ts'
import { writeDocument } from '../../support/clients.ts'
import { getPath, listOperations, readCommitted } from '../../support/openapi.ts'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

const run = promisify(execFile)

const path = getPath('collections/foyer.postman_collection')

interface Execution {
  item: { name: string }
  response: { code: number }
}

interface Report {
  run: { executions: Execution[]; failures: { error: { message: string } }[] }
}

let foyer: SandboxGateway
let baseUrl: string
let folder: string

/** As in the demo. */
const env = {
  FOYER_AUTH: 'required',
  FOYER_CLIENTS_FILE: writeDocument(demoClients),
  FOYER_PUBLIC_URL: 'http://127.0.0.1:3000',
  LIONDESK_CLIENT_ID: 'sandbox-client',
  LIONDESK_CLIENT_SECRET: 'sandbox-secret',
}

beforeAll(async () => {
  foyer = await openSandboxAndGateway({ env })
  baseUrl = await foyer.app.listen({ host: '127.0.0.1', port: 0 })
  folder = mkdtempSync(join(tmpdir(), 'foyer-collection-'))
})

afterAll(async () => {
  await foyer?.close()
  rmSync(folder, { recursive: true })
})

/** Runs newman, the runner of Postman collections, and returns its failures. */
const getReport = async (variables: Record<string, string>, more: string[] = []): Promise<Report['run']> => {
  const file = join(folder, 'report.json')
  const given = Object.entries(variables).flatMap(([name, value]) => ['--env-var', `${name}=${value}`])
  const options = ['--suppress-exit-code', '--reporters', 'json', '--reporter-json-export', file, ...given]
  await run(`${import.meta.dirname}/../packages/node_modules/.bin/newman`, ['run', path, ...options, ...more])
  return (JSON.parse(readFileSync(file, 'utf8')) as Report).run
}

test('the collection is generated from foyer.json', () => {
  const made = `${JSON.stringify(createCollection(readCommitted('foyer') as ApiDocument), null, 2)}\n`
  expect(readFileSync(path, 'utf8') === made, 'stale: run "npm run openapi"').toBe(true)
})

test('every request of the collection succeeds; the demo’s key covers everything but managers', async () => {
  const { executions, failures } = await getReport({ baseUrl })
  expect(executions).toHaveLength(listOperations(readCommitted('foyer')).length - 1)
  const refused = executions.filter(({ response }) => response.code >= 300)
  expect(refused.map(({ item, response }) => [item.name, response.code])).toEqual([
    ['Issue an access token for a brokerage manager', 403],
  ])
  expect(failures.map(({ error }) => error.message)).toEqual([])
})

test('an invalid key fails the check', async () => {
  const { failures } = await getReport({ baseUrl, apiKey: 'fk_none' }, ['--folder', 'Properties'])
  expect(failures.map(({ error }) => error.message)).toEqual(Array(3).fill('expected 401 to be one of [ 200, 403 ]'))
})
