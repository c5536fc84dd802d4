/** Exports, parsed with Python's csv module. It ends a row at a single LF or CR outside quotes. */
import { execFileSync, spawnSync } from 'node:child_process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readCsvRecords } from '../../../tools/verify/csv.ts'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

const hasPython = spawnSync('python3', ['--version']).status === 0
const skips = !hasPython && !process.env.CI
if (skips) process.stderr.write('Skipped: exports read with Python, since no python3 is on PATH.\n')

const program = `
import csv, io, json, sys
text = io.TextIOWrapper(sys.stdin.buffer, encoding='utf-8', newline='')
json.dump(list(csv.DictReader(text, strict=True)), sys.stdout)
`

let foyer: SandboxGateway

beforeAll(async () => {
  foyer = await openSandboxAndGateway({ sandbox: { leads: 3_000, now: new Date('2026-11-21T12:00:00Z') } })
})

afterAll(() => foyer.close())

test.skipIf(skips)('Python reads as many rows as there are leads, with the same cells', async () => {
  const names = [
    'first line\nsecond line',
    'first\rsecond',
    'a;b',
    '"big"',
    ' blanks ',
    '+1 555 010 0123',
    '=1+1',
    '＝1',
  ]
  for (const name of names) foyer.sandbox.control.spacio.addLead({ sid: 10160, name })
  const { body: text } = await foyer.app.inject('/leads/export?sid=10160')
  const rows = JSON.parse(execFileSync('python3', ['-c', program], { input: text, encoding: 'utf8' }))
  expect(rows).toEqual(readCsvRecords(text))
  expect(rows).toHaveLength((await foyer.get('/leads?sid=10160&limit=1')).body.pagination.total)
})
