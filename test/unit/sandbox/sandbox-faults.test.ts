import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { FaultInput } from '../../../sandbox/index.ts'
import { request } from '../../support/http.ts'
import { callLionDesk, callSpacio, control, useSandbox } from '../../support/sandbox.ts'

const current = useSandbox({ leads: 100 })

const readProperty = () => callSpacio(current(), 'v1/getProperty', { sid: 10101 })
const spoil = (fault: Omit<FaultInput, 'operation'>) =>
  current().control.spacio.fault({ operation: 'getProperty', ...fault })

async function took(work: Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work
  return performance.now() - start
}

describe('broken connections', () => {
  test.each(['reset', 'reset-after-headers', 'cut'] as const)('%s', async (kind) => {
    spoil({ kind, times: 1 })
    await expect(readProperty()).rejects.toThrow()
    expect((await readProperty()).status).toBe(200)
  })

  test('hang', async () => {
    spoil({ kind: 'hang' })
    const waiting = request(`${current().spacio.url}/api/v1/getProperty`, {
      method: 'POST',
      signal: AbortSignal.timeout(100),
    })
    await expect(waiting).rejects.toThrow(/abort/i)
  })

  test('truncate: whole for HTTP, not for JSON', async () => {
    const whole = (await readProperty()).text
    spoil({ kind: 'truncate', fraction: 0.5 })
    const { text, headers } = await readProperty()
    expect(whole.startsWith(text)).toBe(true)
    expect(Number(headers['content-length'])).toBe(text.length)
    expect(() => JSON.parse(text)).toThrow(SyntaxError)
  })
})

describe('slow ones', () => {
  test('latency', async () => {
    spoil({ kind: 'latency', ms: 120, times: 1 })
    expect(await took(readProperty())).toBeGreaterThan(100)
    expect(await took(readProperty())).toBeLessThan(100)
  })

  test('slow-drip', async () => {
    spoil({ kind: 'slow-drip', bytesPerSecond: 1500 })
    expect(await took(readProperty())).toBeGreaterThan(150)
  })
})

describe('wrong bodies', () => {
  test('html, status, redirect', async () => {
    spoil({ kind: 'html', times: 1 })
    expect(await readProperty()).toMatchObject({ status: 200, text: expect.stringMatching(/^<!DOCTYPE html>/) })
    spoil({ kind: 'status', times: 1 })
    expect((await readProperty()).status).toBe(500)
    spoil({ kind: 'status', status: 503, body: { down: true }, headers: { 'retry-after': '7' }, times: 1 })
    expect(await readProperty()).toMatchObject({ status: 503, text: '{"down":true}', headers: { 'retry-after': '7' } })
    spoil({ kind: 'redirect', location: 'http://127.0.0.1:1/', times: 1 })
    expect(await readProperty()).toMatchObject({ status: 302, headers: { location: 'http://127.0.0.1:1/' } })
  })

  test('body: verbatim', async () => {
    spoil({ kind: 'body', body: '{"sid": 000001, }', contentType: 'text/html' })
    const wanted = { status: 200, text: '{"sid": 000001, }', headers: { 'content-type': 'text/html' } }
    expect(await readProperty()).toMatchObject(wanted)
  })

  test('oversized is valid JSON', async () => {
    spoil({ kind: 'oversized', bytes: 3_000_000 })
    const { text } = await readProperty()
    expect(text).toHaveLength(3_000_000)
    expect(JSON.parse(text)).toHaveProperty('padding')
  })

  test('gzip-bomb: about 200 KB that become too large', async () => {
    spoil({ kind: 'gzip-bomb' })
    const reply = await request(`${current().spacio.url}/api/v1/getProperty`, { method: 'POST' })
    const packed = Buffer.from(await reply.body.arrayBuffer())
    expect(reply.headers['content-encoding']).toBe('gzip')
    expect(packed.length).toBeLessThan(300_000)
    // Each member has one mebibyte, so the length of the file is sufficient.
    expect(packed.length).toBeGreaterThan(150_000)
    expect(() => gunzipSync(packed, { maxOutputLength: 30_000_000 })).toThrow(RangeError)
  })
})

describe('rejections in the form of each upstream', () => {
  test('Spacio', async () => {
    spoil({ kind: 'unauthorized', times: 1 })
    expect((await readProperty()).text).toBe('{"error":"not-authorized"}')
    spoil({ kind: 'rate-reached', times: 1 })
    expect((await readProperty()).text).toMatch(/Next reset at: .* UTC/)
    spoil({ kind: 'rate-reached', resetsIn: 30, times: 1 })
    const [, text] = /Next reset at: (.*) UTC/.exec((await readProperty()).text) ?? []
    const left = Date.parse(`${text?.replace(/ (?=\d:)/, ' 0')}Z`) - Date.now()
    expect([left > 0, left <= 30_000]).toEqual([true, true])
    for (const resetsIn of [0, -1, 3601]) expect(() => spoil({ kind: 'rate-reached', resetsIn })).toThrow('resetsIn')
    spoil({ kind: 'error', code: 'access-denied', times: 1 })
    expect((await readProperty()).text).toBe('{"error":"access-denied"}')
  })

  test('LionDesk', async () => {
    const fault = (input: FaultInput) => current().control.liondesk.fault({ times: 1, ...input })
    const find = () => callLionDesk(current(), '/events/7/properties')
    fault({ operation: 'find', kind: 'unauthorized' })
    expect((await find()).json).toMatchObject({ code: 401, message: 'Invalid access token' })
    fault({ operation: 'find', kind: 'rate-reached' })
    expect((await find()).json).toMatchObject({ code: 429, className: 'too-many-requests' })
    fault({ operation: 'find', kind: 'error', code: 'Conflict' })
    expect((await find()).json).toMatchObject({ code: 409 })
    fault({ operation: '*', kind: 'error', code: 422 })
    expect((await find()).json).toMatchObject({ code: 422, name: 'Unprocessable' })
    fault({ operation: 'token', kind: 'error', code: 'invalid_grant' })
    const token = await callLionDesk(current(), '/oauth2/token', { method: 'POST', body: {} })
    expect(token).toMatchObject({ status: 400, json: { error: 'invalid_grant' } })
  })
})

describe('before or after the write', () => {
  const create = () => callLionDesk(current(), '/events/9/properties', { method: 'POST', body: { mls: 'Z' } })
  const count = () => current().control.liondesk.records('9').length

  test.each([
    ['reset', undefined, 1],
    ['reset', false, 0],
    ['status', true, 1],
    ['status', false, 0],
    ['unauthorized', undefined, 0],
    ['unauthorized', true, 1],
  ] as const)('%s, applied: %s', async (kind, applied, records) => {
    current().control.liondesk.fault({ operation: 'create', kind, ...(applied === undefined ? {} : { applied }) })
    await create().catch(() => {})
    expect(count()).toBe(records)
  })
})

describe('choosing requests', () => {
  test('after and times', async () => {
    spoil({ kind: 'status', after: 1, times: 2 })
    const statuses = []
    for (let index = 0; index < 5; index++) statuses.push((await readProperty()).status)
    expect(statuses).toEqual([200, 500, 500, 200, 200])
  })

  test('one version of a method, and only the named operation', async () => {
    current().control.spacio.fault({ operation: 'v2/getRegistrantsByBrokerage', kind: 'status' })
    expect((await callSpacio(current(), 'v2/getRegistrantsByBrokerage', { bid: 'b1001' })).status).toBe(500)
    expect((await callSpacio(current(), 'v1/getRegistrantsByBrokerage', { bid: 'b1001' })).status).toBe(200)
  })

  test('over HTTP: set, list, clear; invalid input is rejected', async () => {
    const url = `${current().spacio.url}/__faults`
    expect((await control(url, 'POST', { operation: '*', kind: 'status', status: 502 })).status).toBe(200)
    expect((await readProperty()).status).toBe(502)
    expect((await control(url, 'GET')).json.data).toMatchObject([{ operation: '*', appliedCount: 1 }])
    await control(url, 'DELETE')
    expect((await readProperty()).status).toBe(200)
    for (const body of [{ operation: '*', kind: 'nonsense' }, { kind: 'html' }, { operation: '*', kind: 'redirect' }]) {
      expect((await control(url, 'POST', body)).status).toBe(400)
    }
  })

  test.each([
    ['spacio', 'getPropety', 'getProperty, getOHSessions'],
    ['spacio', 'v2/getProperty', 'getProperty'],
    ['spacio', 'find', 'getProperty'],
    ['liondesk', 'getProperty', '*, find, get, create'],
    ['liondesk', 'unknown', 'token/refresh_token'],
  ] as const)(
    '%s refuses a fault for the operation %s, which does not exist, and names those that do',
    async (system, operation, names) => {
      const reply = await control(`${current()[system].url}/__faults`, 'POST', { operation, kind: 'reset' })
      expect(reply.status).toBe(400)
      expect(reply.json.message).toContain(`There is no operation ${operation}. Use one of these: *, `)
      expect(reply.json.message).toContain(names)
      expect(current().control[system].faults()).toEqual([])
    },
  )
})
