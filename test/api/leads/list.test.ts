import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  createEnvironment,
  openGateway,
  openSandboxAndGateway,
  type SandboxGateway,
  type TestGateway,
} from '../../support/test-gateway.ts'

const now = () => new Date('2026-11-21T12:00:00Z')

let foyer: SandboxGateway
let direct: TestGateway

beforeAll(async () => {
  foyer = await openSandboxAndGateway({ sandbox: { leads: 20_000, now: now() }, now })
  direct = await openGateway({ ...createEnvironment(foyer.sandbox), SPACIO_PAGING: 'direct' }, { now })
})

afterEach(() => {
  foyer.sandbox.control.reset()
})

afterAll(async () => {
  await direct.close()
  await foyer.close()
})

const getIds = (body: { data: { id: string }[] }): string[] => body.data.map(({ id }) => id)

const calls = () => foyer.sandbox.control.spacio.requests().map(({ form }) => form?.page)

describe('more leads than a list may have', () => {
  test('are 422 with a hint to the export, which succeeds', async () => {
    const window = 'brokerageId=b1001&from=2025-12-01&to=2026-11-30&hasAgent=false'
    const { status, body, headers } = await foyer.get(`/leads?${window}&limit=10&offset=20`)
    expect([status, body.code]).toEqual([422, 'window-too-large'])
    expect(headers.link).toBe(`</leads/export?${window}>; rel="alternate"`)
    const turned = await foyer.get(`/leads?${window}&sort=createdAt`)
    const [, target] = /^<(.+)>/.exec(String(turned.headers.link)) ?? []
    expect((await foyer.app.inject({ url: String(target) })).statusCode).toBe(200)
  })
})

describe('SPACIO_PAGING=direct', () => {
  const window = 'brokerageId=b1001&from=2026-06-01&to=2026-11-20'

  test.each([
    [0, 50, ['1']],
    [0, 100, ['1']],
    [250, 50, ['3']],
    [250, 100, ['3', '4']],
    [150, 200, ['2', '3', '4']],
    [5_000, 100, ['51']],
  ])('offset %i, limit %i: the same leads as collected, from pages %j only', async (offset, limit, pages) => {
    const url = `/leads?${window}&offset=${offset}&limit=${limit}`
    const collected = await foyer.get(url)
    foyer.sandbox.control.clearRequests()
    const { status, body } = await direct.get(url)
    expect([status, calls().sort()]).toEqual([200, pages])
    expect(body.pagination).toEqual(collected.body.pagination)
    expect(getIds(body)).toEqual(getIds(collected.body))
  })

  test('any window size works', async () => {
    const { status, body } = await direct.get('/leads?brokerageId=b1001&from=2025-12-01&to=2026-11-30&limit=1')
    expect(status).toBe(200)
    expect(body.pagination.total).toBeGreaterThan(10_000)
  })

  test('a page past the end is empty with the exact total', async () => {
    const { body } = await direct.get('/leads?brokerageId=b1001&from=2026-11-20&to=2026-11-20&offset=5000')
    const { body: first } = await direct.get('/leads?brokerageId=b1001&from=2026-11-20&to=2026-11-20')
    expect([body.data, body.pagination.total]).toEqual([[], first.pagination.total])
  })

  test.each(['timeZone=Asia/Kolkata', 'hasAgent=true', 'sort=createdAt'])('%s is collected', async (extra) => {
    foyer.sandbox.control.clearRequests()
    const url = `/leads?brokerageId=b1001&from=2026-11-10&to=2026-11-12&${extra}`
    const { body } = await direct.get(url)
    expect(foyer.sandbox.control.spacio.requests()[0]?.form?.startDate).toBe(
      '2026-11-08'.replace('08', extra.includes('Kolkata') ? '08' : '09'),
    )
    expect(body).toEqual((await foyer.get(url)).body)
  })

  test('a row outside the window disproves the setting: 502 instead of a wrong total', async () => {
    foyer.sandbox.control.spacio.fault({
      operation: 'v2/getRegistrantsByBrokerage',
      kind: 'body',
      body: {
        info: { resultsOnPage: 1, totalCount: 1, pageNumber: 1, totalPages: 1 },
        data: [{ id: '5cc84e8a92127d360d20be36', dateCreated: '2026-11-22 00:00:00', answersObj: [] }],
      },
    })
    const { status, body } = await direct.get('/leads?brokerageId=b1001&from=2026-11-20&to=2026-11-21')
    expect([status, body.code]).toEqual([502, 'upstream-invalid-response'])
  })

  test('without v2, which has pages, leads are collected from v1', async () => {
    foyer.sandbox.control.spacio.set({ v2: 'not-found' })
    const { body } = await direct.get('/leads?brokerageId=b1001&from=2026-11-10&to=2026-11-12')
    foyer.sandbox.control.reset()
    const expected = await foyer.get('/leads?brokerageId=b1001&from=2026-11-10&to=2026-11-12')
    expect(getIds(body)).toEqual(getIds(expected.body))
  })
})
