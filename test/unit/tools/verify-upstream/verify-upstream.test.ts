/** `npm run verify:upstream` on the sandbox: its calls, and its reports of drift and failures. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../../../sandbox/index.ts'
import { allArguments, jsonOn, listDrift, listStatuses, runOn } from '../../../support/verify-upstream.ts'

let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startSandbox({ leads: 3_000 })
})

afterAll(() => sandbox.close())

beforeEach(() => sandbox.control.reset())

const operations = [
  ...['getAccessToken', 'getAccessTokenBM', 'getProperties', 'getProperty', 'getOHSessions', 'getRegistrants'],
  ...['getRegistrantsByBrokerage v2', 'getRegistrantsByBrokerage v1', 'getClaimedList', 'getActivityList'],
  ...['getOHSessionCounts', 'getRegistrantsByTeam', 'me', 'find', 'get'],
  ...['getEvent', 'findEvents', 'getContact', 'findContacts'],
]

const receivedRequests = () => {
  const spacio = sandbox.control.spacio.requests().map(({ operation }) => operation)
  const liondesk = sandbox.control.liondesk.requests()
  return { spacio, liondesk }
}

describe('everything works', () => {
  test('every operation is called, counted and timed, and nothing drifts', async () => {
    const json = await jsonOn(sandbox)
    expect(json.exitCode).toBe(0)
    expect(listStatuses(json)).toEqual(Object.fromEntries(operations.map((operation) => [operation, 'ok'])))
    for (const { records, milliseconds, reason } of json.results) {
      expect([records, milliseconds, reason]).toEqual([expect.any(Number), expect.any(Number), null])
    }
    expect(json.results.find(({ operation }) => operation === 'find')?.records).toBe(2)
    expect(listDrift(json)).toEqual([])
  })

  test('the table', async () => {
    const { code, out } = await runOn(sandbox, ['--sid', '10101'])
    expect(code).toBe(0)
    expect(out).toMatch(/^operation +status +records +ms +drift/)
    expect(out).toMatch(/^spacio getProperty +ok +1 +\d+$/m)
    expect(out).toMatch(/^spacio getClaimedList +skipped +needs --brokerage$/m)
    expect(out).toMatch(/^observed: form of an error: HTTP 200, \{error\}$/m)
    expect(out).toMatch(/No drift was found\.\n$/)
  })

  test('LionDesk receives nothing but GET', async () => {
    await runOn(sandbox)
    expect(new Set(receivedRequests().liondesk.map(({ method }) => method))).toEqual(new Set(['GET']))
  })

  test('a key without v2 uses v1 without an error', async () => {
    sandbox.control.spacio.set({ v2: 'not-authorized' })
    const json = await jsonOn(sandbox, ['--brokerage', 'b1001'])
    expect([json.exitCode, listStatuses(json)['getRegistrantsByBrokerage v2']]).toEqual([0, 'ok'])
  })
})

describe('a call without its id or credentials is skipped', () => {
  test('because an id is missing', async () => {
    const json = await jsonOn(sandbox, ['--team', 't2001'])
    const { getRegistrantsByTeam, me, ...others } = listStatuses(json)
    expect([getRegistrantsByTeam, me]).toEqual(['ok', 'ok'])
    expect(new Set(Object.values(others))).toEqual(new Set(['skipped']))
  })

  test('because credentials are missing', async () => {
    const json = await jsonOn(sandbox, allArguments, { LIONDESK_ACCESS_TOKEN: '' })
    expect(json.results.filter(({ system }) => system === 'liondesk').map(({ status }) => status)).toEqual(
      Array.from({ length: 7 }, () => 'skipped'),
    )
    expect(receivedRequests().liondesk).toEqual([])
    const other = await jsonOn(sandbox, allArguments, { SPACIO_API_KEY: '' })
    expect(listStatuses(other)).toMatchObject({ getProperty: 'skipped', find: 'ok' })
  })

  test('a tenants file must not contain a refresh token', async () => {
    const { clientId, clientSecret, refreshToken } = sandbox.liondesk
    const json = await jsonOn(sandbox, allArguments, {
      LIONDESK_ACCESS_TOKEN: '',
      LIONDESK_CLIENT_ID: clientId,
      LIONDESK_CLIENT_SECRET: clientSecret,
      LIONDESK_REFRESH_TOKEN: refreshToken,
    })
    expect(json.results.find(({ operation }) => operation === 'me')?.reason).toMatch(
      /would invalidate that of the gateway/,
    )
    expect(receivedRequests().liondesk).toEqual([])
  })

  test('because another operation returned no data for it', async () => {
    sandbox.control.liondesk.set({ omitId: true })
    const json = await jsonOn(sandbox, ['--event', '7'])
    expect(json.exitCode).toBe(0)
    expect(json.results.find(({ operation }) => operation === 'get')).toMatchObject({
      status: 'skipped',
      reason: expect.any(String),
    })
  })
})

describe('drift', () => {
  test('unknown fields and unreadable values, and fields that no record carries, by operation', async () => {
    sandbox.control.spacio.set({ drift: true })
    sandbox.control.liondesk.set({ drift: true })
    const json = await jsonOn(sandbox)
    expect(json.exitCode).toBe(1)
    expect(listDrift(json)).toEqual(
      expect.arrayContaining([
        'getAccessToken futureField unknown-field',
        'getProperty price unreadable',
        'getProperty title missing',
        'getOHSessions endTime missing',
        'getRegistrants hasAgent unreadable',
        'getRegistrantsByBrokerage v2 dateCreated unreadable',
        'getRegistrantsByBrokerage v1 plid missing',
        'getActivityList lastActive unreadable',
        'getOHSessionCounts propertyCity missing',
        'getRegistrantsByTeam plid missing',
        'find listing_price unreadable',
        'get city missing',
      ]),
    )
    expect(new Set(Object.values(listStatuses(json)))).toEqual(new Set(['ok']))
  })

  test('the table counts it', async () => {
    sandbox.control.liondesk.set({ drift: ['unknown-field', 'gone'] })
    const { code, out } = await runOn(sandbox, ['--event', '7'])
    expect(code).toBe(1)
    expect(out).toMatch(/^liondesk find +ok +2 +\d+ +futureField: unknown-field ×2, city: missing ×2$/m)
    expect(out).toMatch(/Drift was found\.\n$/)
  })
})

describe('failures', () => {
  test('have the gateway’s error code, and take precedence over drift', async () => {
    sandbox.control.spacio.set({ drift: true })
    sandbox.control.spacio.fault({ operation: 'getProperty', kind: 'html' })
    const json = await jsonOn(sandbox)
    expect(json.exitCode).toBe(2)
    expect(listStatuses(json)).toMatchObject({ getProperty: 'upstream-invalid-response', getOHSessions: 'ok' })
  })

  test.each([
    ['an unknown sid', ['--sid', '99999'], 'getProperty', 'unknown-property'],
    ['an unknown team', ['--team', 't9'], 'getRegistrantsByTeam', 'unknown-team'],
    ['an unknown event', ['--event', '99'], 'find', 'not-found'],
  ])('%s', async (_name, args, operation, want) => {
    const json = await jsonOn(sandbox, args)
    expect([json.exitCode, listStatuses(json)[operation]]).toEqual([2, want])
  })

  test('a wrong key', async () => {
    const json = await jsonOn(sandbox, ['--sid', '10101'], { SPACIO_API_KEY: 'wrong' })
    expect([json.exitCode, listStatuses(json).getProperty]).toEqual([2, 'upstream-credentials'])
    expect(JSON.stringify(json)).toContain('not-authorized')
  })

  test('more leads than a check reads', async () => {
    const args = ['--brokerage', 'b1001', '--from', '2000-01-01']
    sandbox.control.spacio.addLead({ sid: 10101, count: 2_500 })
    const json = await jsonOn(sandbox, args)
    expect(listStatuses(json)).toMatchObject({ 'getRegistrantsByBrokerage v2': 'window-too-large' })
  })
})

test('as a process of its own', async () => {
  const bin = `${import.meta.dirname}/../../../../bin/foyer.js`
  const env = { SPACIO_API_KEY: sandbox.spacio.apiKey, SPACIO_BASE_URL: sandbox.spacio.url }
  const args = [bin, 'verify:upstream', '--sid', '10101', '--json']
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { env })
  expect([JSON.parse(stdout).exitCode, stderr]).toEqual([0, ''])
})
