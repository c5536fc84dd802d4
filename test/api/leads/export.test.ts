import { request } from 'node:http'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { FaultInput } from '../../../sandbox/index.ts'
import { readCsvRecords } from '../../../tools/verify/csv.ts'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

/** More leads than a list may have. */
const wholeYear = 'from=2025-12-01&to=2026-11-30'

/** About 6,700 leads: more than an export sorts, so it streams them. */
const streamedWindow = 'from=2026-05-01&to=2026-11-30'

let foyer: SandboxGateway
let base: string

const now = new Date('2026-11-21T12:00:00Z')
let clock = now.getTime()

beforeAll(async () => {
  foyer = await openSandboxAndGateway({ sandbox: { leads: 20_000, now }, now: () => new Date(clock) })
  base = await foyer.app.listen({ host: '127.0.0.1', port: 0 })
})

/** The upstream calls. */
const underWay = async (): Promise<number> => {
  const { body } = await foyer.get('/upstreams')
  const bulkheads = body.data.flatMap((upstream: { bulkheads: { inFlight: number }[] }) => upstream.bulkheads)
  return bulkheads.reduce((sum: number, each: { inFlight: number }) => sum + each.inFlight, 0)
}

/** 15 minutes later the breakers are closed. It is the same day in all tests. */
afterEach(async () => {
  // Failures after the export was closed belong to that test.
  await expect.poll(underWay).toBe(0)
  foyer.sandbox.control.reset()
  clock += 15 * 60_000
})

afterAll(() => foyer.close())

const expectedIds = (bid: string, from: string, to: string): string[] =>
  foyer.sandbox.world.leads
    .filter((lead) => lead.bid === bid)
    .filter(({ dateCreated }) => dateCreated >= Date.parse(from) && dateCreated < Date.parse(to) + 86_400_000)
    .map(({ id }) => id)
    .sort()

interface Transfer {
  status: number
  headers: Record<string, unknown>
  text: string
  /** True if the transfer ended normally; false if it was truncated. */
  isWhole: boolean
}

const download = (url: string, headers: Record<string, string> = {}): Promise<Transfer> =>
  new Promise((resolve, reject) => {
    request(`${base}${url}`, { headers }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('error', () => {})
      response.on('close', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, isWhole: response.complete }),
      )
    })
      .on('error', reject)
      .end()
  })

const getRows = (text: string): Record<string, string>[] => readCsvRecords(text.replace(/^\uFEFF/, ''))

describe('GET /leads/export', () => {
  test('CSV: every lead of the window once, newest first, with a descriptive file name', async () => {
    const { status, headers, text, isWhole } = await download(
      '/leads/export?brokerageId=b1001&from=2026-11-01&to=2026-11-20',
    )

    expect([status, isWhole]).toEqual([200, true])
    expect(headers['content-type']).toBe('text/csv; charset=utf-8')
    expect(headers['content-disposition']).toBe(
      'attachment; filename="leads-brokerage-b1001-2026-11-01-to-2026-11-20.csv"',
    )
    expect(headers['cache-control']).toBe('no-store, no-transform')
    const rows = getRows(text)
    expect(rows.map(({ id }) => id).sort()).toEqual(expectedIds('b1001', '2026-11-01', '2026-11-20'))
    expect(rows.map(({ createdAt }) => createdAt)).toEqual(
      rows
        .map(({ createdAt }) => createdAt)
        .sort()
        .reverse(),
    )
    expect(text.split('\r\n')[0]).toMatch(/^"id","createdAt","fullName","email","phone","hasAgent",/)
  })

  test('each question has a column', async () => {
    const { body } = await foyer.get('/leads?sid=10101&limit=200')
    const rows = getRows((await download('/leads/export?sid=10101')).text)
    for (const [index, lead] of body.data.entries()) {
      for (const { question, answer } of lead.answers) expect(rows[index]?.[question]).toBe(answer ?? '')
    }
  })

  test('NDJSON: the same objects as in the list', async () => {
    const { headers, text } = await download('/leads/export?teamId=t2001&hasAgent=false', {
      accept: 'application/x-ndjson',
    })
    const { body } = await foyer.get('/leads?teamId=t2001&hasAgent=false&limit=200')
    expect(headers['content-type']).toBe('application/x-ndjson; charset=utf-8')
    const leads = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown)
    expect(leads.slice(0, 200)).toEqual(body.data)
    expect(leads).toHaveLength(body.pagination.total)
  })

  test.each([
    ['Accept wins over the default', 'brokerageId=b1001', 'application/x-ndjson', 'application/x-ndjson'],
    ['format wins over Accept', 'brokerageId=b1001&format=csv', 'application/x-ndjson', 'text/csv'],
    ['anything will do', 'brokerageId=b1001', '*/*', 'text/csv'],
  ])('%s', async (_name, query, accept, expected) => {
    const { headers } = await download(`/leads/export?${query}&from=2026-11-20`, { accept })
    expect(headers['content-type']).toBe(`${expected}; charset=utf-8`)
  })

  test('a byte order mark is sent only on request', async () => {
    const url = '/leads/export?brokerageId=b1001&from=2026-11-20'
    expect((await download(url)).text.startsWith('\uFEFF')).toBe(false)
    expect((await download(`${url}&bom=true`)).text.startsWith('\uFEFF')).toBe(true)
  })

  test('cells that a spreadsheet would execute are escaped', async () => {
    const names = ['=1+1', '＝1+1', '\tx', 'a,"b"\r\nc', 'x\n=1', 'x;=1', 'plain']
    for (const name of names) foyer.sandbox.control.spacio.addLead({ sid: 10160, name })

    const rows = getRows((await download('/leads/export?sid=10160')).text)

    const given = new Set(rows.map(({ fullName }) => fullName))
    expect(given).toEqual(new Set(["'=1+1", "'＝1+1", "'\tx", 'a,"b"\r\nc', "x\n'=1", "x;'=1", 'plain']))
  })

  test('a line break inside a cell never starts a new row, not even for parsers that split at a lone LF or CR', async () => {
    const names = ['first line\nsecond line', 'first line\rsecond line', '"\n"']
    for (const name of names) foyer.sandbox.control.spacio.addLead({ sid: 10160, name })

    const rows = getRows((await download('/leads/export?sid=10160')).text)

    expect(rows).toHaveLength((await foyer.get('/leads?sid=10160&limit=1')).body.pagination.total)
    expect(rows.map(({ fullName }) => fullName)).toEqual(expect.arrayContaining(names))
  })

  test('a question with the name of a lead field gets a different heading', async () => {
    foyer.sandbox.control.spacio.fault({
      operation: 'getRegistrants',
      kind: 'body',
      body: {
        1: {
          name: 'Jo',
          email: 'jo@example.com',
          dateCreated: '2026-11-20 10:00:00',
          answersObj: { 0: { questionObj: { question: 'email' }, answer: 'by post' } },
        },
      },
    })
    const [row] = getRows((await download('/leads/export?sid=10101')).text)
    expect([row?.email, row?.['answer: email']]).toEqual(['jo@example.com', 'by post'])
  })

  test('format has precedence over an Accept header that allows neither', async () => {
    const url = '/leads/export?brokerageId=b1001&from=2026-11-20&format=csv'
    expect((await download(url, { accept: 'application/json' })).status).toBe(200)
  })

  test('an empty window yields only a header', async () => {
    const { status, text } = await download('/leads/export?brokerageId=b1001&from=2020-01-01&to=2020-01-02')
    expect([status, text.split('\r\n').length]).toEqual([200, 2])
  })

  test.each(['csv', 'ndjson'])('more leads than a list can carry, as %s', async (format) => {
    const { status, text, isWhole } = await download(`/leads/export?brokerageId=b1001&${wholeYear}&format=${format}`)

    expect([status, isWhole]).toEqual([200, true])
    const ids =
      format === 'csv'
        ? getRows(text).map(({ id }) => id as string)
        : text
            .trimEnd()
            .split('\n')
            .map((line) => (JSON.parse(line) as { id: string }).id)
    const expected = expectedIds('b1001', '2025-12-01', '2026-11-30')
    expect(expected.length).toBeGreaterThan(10_000)
    expect(ids.sort()).toEqual(expected)
  })

  test('an upstream failure before the first byte is a problem response', async () => {
    foyer.sandbox.control.spacio.fault({ operation: 'v2/getRegistrantsByBrokerage', kind: 'status', status: 500 })
    const { status, headers } = await download('/leads/export?brokerageId=b1001')
    expect([status, headers['content-type']]).toEqual([502, 'application/problem+json; charset=utf-8'])
  })

  test.each(['reset', 'truncate', 'html'] as const)(
    'an upstream failure midway (%s) aborts the transfer',
    async (kind) => {
      foyer.sandbox.control.spacio.fault({ operation: 'v2/getRegistrantsByBrokerage', kind, after: 58 })
      const { status, isWhole } = await download(`/leads/export?brokerageId=b1001&${streamedWindow}&format=ndjson`)
      expect([status, isWhole]).toEqual([200, false])
    },
  )

  test('a disconnected client stops the upstream calls', async () => {
    foyer.sandbox.control.spacio.fault({
      operation: 'v2/getRegistrantsByBrokerage',
      kind: 'latency',
      ms: 20,
      after: 52,
    })
    await new Promise<void>((resolve) => {
      request(`${base}/leads/export?brokerageId=b1001&${wholeYear}&format=ndjson`, (response) => {
        response.once('data', () => {
          response.destroy()
          resolve()
        })
      }).end()
    })
    let before = -1
    // Calls in progress may still arrive. After them, there are no more.
    await expect
      .poll(
        () => {
          const count = foyer.sandbox.control.spacio.requests().length
          const isSettled = count === before
          before = count
          return isSettled
        },
        { interval: 200, timeout: 5_000 },
      )
      .toBe(true)
    expect(before).toBeLessThan(102)
  })

  test('an unsupported type is 406, and an unknown parameter is 400', async () => {
    expect((await download('/leads/export?brokerageId=b1001', { accept: 'application/pdf' })).status).toBe(406)
    expect((await foyer.get('/leads/export?brokerageId=b1001&limit=5')).status).toBe(400)
  })

  test.each(['csv', 'ndjson'])('without v2 a window comes at once, and each lead once, as %s', async (format) => {
    foyer.sandbox.control.spacio.set({ v2: 'not-authorized' })
    const { status, text, isWhole } = await download(
      `/leads/export?brokerageId=b1001&${streamedWindow}&format=${format}`,
    )
    const ids =
      format === 'csv'
        ? getRows(text).map(({ id }) => id as string)
        : text
            .trimEnd()
            .split('\n')
            .map((line) => (JSON.parse(line) as { id: string }).id)
    expect([status, isWhole]).toEqual([200, true])
    expect(ids.sort()).toEqual(expectedIds('b1001', '2026-05-01', '2026-11-30'))
    const receivedRequests = foyer.sandbox.control.spacio.requests().filter(({ path }) => path.includes('/v1/'))
    expect(receivedRequests).toHaveLength(format === 'csv' ? 2 : 1)
  })

  test.each<[string, FaultInput['kind'], number]>([
    ['breaks', 'cut', 0.9],
    ['ends too early', 'truncate', 0.9],
    ['lacks its last sign', 'truncate', 0.9999999],
  ])('without v2, a list that %s aborts the transfer', async (_name, kind, fraction) => {
    foyer.sandbox.control.spacio.set({ v2: 'not-authorized' })
    foyer.sandbox.control.spacio.fault({ operation: 'v1/getRegistrantsByBrokerage', kind, fraction })
    const { status, isWhole } = await download(`/leads/export?brokerageId=b1001&${streamedWindow}&format=ndjson`)
    expect([status, isWhole]).toEqual([200, false])
    // After a part was sent, the upstream call is not retried.
    const receivedRequests = foyer.sandbox.control.spacio.requests().filter(({ path }) => path.includes('/v1/'))
    expect(receivedRequests).toHaveLength(1)
  })

  test.each<[string, string, number]>([
    ['HEAD', '', 200],
    ['GET', '&sort=createdAt', 400],
  ])('without v2, a stopped read (%s) leaves no call open', async (method, more, expected) => {
    foyer.sandbox.control.spacio.set({ v2: 'not-authorized' })
    const url = `/leads/export?brokerageId=b1001&${streamedWindow}${more}`
    const reply = await fetch(`${base}${url}`, { method })
    await reply.text()
    expect(reply.status).toBe(expected)
    await expect.poll(underWay).toBe(0)
  })
})
