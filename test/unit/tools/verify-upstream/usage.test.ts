import { expect, test } from 'vitest'
import { writeDocument } from '../../../support/clients.ts'
import { run } from '../../../support/verify-upstream.ts'

const env = { SPACIO_API_KEY: 'key', SPACIO_BASE_URL: 'http://127.0.0.1:9' }

test.each([[['--help']], [['-h', '--sid', '1']]])('%j teaches', async (args) => {
  const { code, out, err } = await run(args, {})
  expect([code, err]).toEqual([0, ''])
  for (const word of [
    '--sid',
    '--agent',
    '--manager',
    '--brokerage',
    '--team',
    '--event',
    '--from',
    '--json',
    'exit',
  ]) {
    expect(out).toContain(word)
  }
})

test.each<[string[], RegExp]>([
  [['--sid', 'ten'], /--sid must be a whole number/],
  [['--agent', 'nobody'], /--agent must be an e-mail address/],
  [['--event', '../1'], /--event must be/],
  [['--from', '2026-02-30'], /--from must be a day/],
  [['--from', '2026-03-02', '--to', '2026-03-01'], /--from is after --to/],
  [['--nonsense'], /--nonsense/],
  [['10101'], /10101/],
  [['--sid'], /--sid/],
  [[], /nothing to check/],
])('%j is wrong usage', async (args, want) => {
  const { code, out, err } = await run(args, env)
  expect([code, out]).toEqual([2, ''])
  expect(err).toMatch(want)
  expect(err).toContain('--help')
})

test('as are missing or unusable credentials', async () => {
  expect(await run(['--sid', '1'], {})).toMatchObject({ code: 2, err: expect.stringContaining('SPACIO_API_KEY') })
  const wrong = await run(['--sid', '1'], { ...env, SPACIO_BASE_URL: 'ftp://x' })
  expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining('SPACIO_BASE_URL') })
})

test('an unavailable upstream is a failure', async () => {
  const { code, out } = await run(['--sid', '1'], env)
  expect(code).toBe(2)
  expect(out).toMatch(/^spacio getProperty +upstream-failed .*ECONNREFUSED/m)
  expect(out).toMatch(/An operation failed\.\n$/)
})

test('one tenant of a file', async () => {
  const spacio = { apiKey: 'key', baseUrl: 'http://127.0.0.1:9' }
  const file = writeDocument({ tenants: ['one', 'two'].map((id) => ({ id, spacio })) })
  const many = { FOYER_TENANTS_FILE: file }
  expect((await run(['--sid', '1'], many)).err).toMatch(/--tenant is required/)
  expect((await run(['--sid', '1', '--tenant', 'three'], many)).err).toMatch(/there is no tenant three/)
  expect((await run(['--sid', '1', '--tenant', 'two'], many)).code).toBe(2)
})
