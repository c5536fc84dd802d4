import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

let foyer: SandboxGateway
let instant = Date.parse('2026-11-21T12:00:00Z')

const now = () => new Date(instant)

beforeAll(async () => {
  foyer = await openSandboxAndGateway({ sandbox: { leads: 2_000, now: now() }, now })
})

afterEach(() => foyer.sandbox.control.reset())

afterAll(() => foyer.close())

/** Advances the clock far enough for the feed to poll again. */
const later = (milliseconds = 6_000): void => {
  instant += milliseconds
}

const wireTime = (milliseconds: number): string => new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ')

const arrive = (name: string, ago = 0): string =>
  foyer.sandbox.control.spacio.addLead({ sid: 10101, name, dateCreated: wireTime(instant - ago) })[0]?.id as string

const begin = async (query = 'brokerageId=b1001'): Promise<string> =>
  (await foyer.get(`/leads/feed?${query}`)).body.cursor as string

const getIds = (body: { data: { id: string }[] }): string[] => body.data.map(({ id }) => id)

describe('GET /leads/feed', () => {
  test('starts now, with a cursor and no leads', async () => {
    const { status, body, headers } = await foyer.get('/leads/feed?brokerageId=b1001')
    expect([status, body.data]).toEqual([200, []])
    expect(body.cursor).toMatch(/^[\w-]+\.[\w-]+$/)
    expect(headers['cache-control']).toBe('no-store')
  })

  test.each(['brokerageId=b1001&sid=10101', 'teamId=t1&sid=10101'])(
    '%s is 400: the feed has no filters',
    async (query) => {
      const { status, body } = await foyer.get(`/leads/feed?${query}`)
      expect([status, body.code, body.errors[0].path]).toEqual([400, 'invalid-request', 'query/sid'])
    },
  )

  test('returns a new lead once, and again for the same cursor', async () => {
    const cursor = await begin()
    const id = arrive('Newcomer')
    later()

    const first = (await foyer.get(`/leads/feed?brokerageId=b1001&after=${cursor}`)).body
    expect(getIds(first)).toEqual([id])
    expect(first.data[0]).toMatchObject({ fullName: 'Newcomer', sid: 10101 })
    later()
    expect((await foyer.get(`/leads/feed?brokerageId=b1001&after=${first.cursor}`)).body.data).toEqual([])
    expect(getIds((await foyer.get(`/leads/feed?brokerageId=b1001&after=${cursor}`)).body)).toEqual([id])
  })

  test('returns late and back-dated leads in the order of first sighting', async () => {
    const cursor = await begin()
    const first = arrive('First')
    later()
    await foyer.get(`/leads/feed?brokerageId=b1001&after=${cursor}`)
    const backDated = arrive('Back-dated', 6 * 86_400_000)
    later()
    const { body } = await foyer.get(`/leads/feed?brokerageId=b1001&after=${cursor}`)
    expect(getIds(body)).toEqual([first, backDated])
  })

  test('omits a deleted lead', async () => {
    const cursor = await begin()
    const gone = arrive('Gone')
    const stays = arrive('Stays')
    later()
    await foyer.get(`/leads/feed?brokerageId=b1001&after=${cursor}`)
    foyer.sandbox.control.spacio.removeLead(gone)
    later()
    expect(getIds((await foyer.get(`/leads/feed?brokerageId=b1001&after=${cursor}`)).body)).toEqual([stays])
  })

  test('starts at a day and pages through every lead since then', async () => {
    later()
    const expected = foyer.sandbox.world.leads
      .filter(({ bid, dateCreated }) => bid === 'b1001' && dateCreated >= Date.parse('2026-11-15T05:00:00Z'))
      .map(({ id }) => id)
    const seen: string[] = []
    let query = 'from=2026-11-15&timeZone=America/New_York'
    for (;;) {
      const { status, body } = await foyer.get(`/leads/feed?brokerageId=b1001&limit=7&${query}`)
      expect(status).toBe(200)
      seen.push(...getIds(body))
      if (body.data.length === 0) break
      query = `after=${body.cursor}`
    }
    expect(expected.length).toBeGreaterThan(10)
    expect([...seen].sort()).toEqual([...expected].sort())
  })

  test('rejects an unknown time zone, also without a day', async () => {
    const { status, body } = await foyer.get('/leads/feed?brokerageId=b1001&timeZone=Mars/Base')
    expect([status, body.errors?.[0].path]).toEqual([400, 'query/timeZone'])
  })

  test.each(['teamId=t2001', 'sid=10101'])('%s has a feed of its own', async (source) => {
    const cursor = await begin(source)
    arrive('Somebody')
    later()
    const { body } = await foyer.get(`/leads/feed?${source}&after=${cursor}`)
    expect(body.data).toHaveLength(1)
  })

  test('polls the upstream at most every five seconds', async () => {
    later()
    await begin()
    foyer.sandbox.control.clearRequests()
    await begin()
    later(4_000)
    await begin()
    expect(foyer.sandbox.control.spacio.requests()).toEqual([])
    later(1_001)
    await begin()
    expect(foyer.sandbox.control.spacio.requests().length).toBeGreaterThan(0)
  })

  test.each([
    ['forged', (cursor: string) => `${cursor.slice(0, -2)}AA`],
    ['cut', (cursor: string) => cursor.slice(0, -5)],
    ['of another source', async () => begin('teamId=t2001')],
    ['an invalid text', () => 'x'],
  ])('rejects a cursor that is %s with 400', async (_name, spoil) => {
    const cursor = await spoil(await begin())
    const { status, body } = await foyer.get(`/leads/feed?brokerageId=b1001&after=${cursor}`)
    expect([status, body.code, body.errors[0].path]).toEqual([400, 'invalid-request', 'query/after'])
  })

  test('rejects a start before the look-back with 400', async () => {
    const { status, body } = await foyer.get('/leads/feed?brokerageId=b1001&from=2026-11-01')
    expect([status, body.errors[0].path]).toEqual([400, 'query/from'])
  })

  test('prefers the cursor to an accompanying day, however old that is', async () => {
    const cursor = await begin()
    const id = arrive('Reconnected')
    later()
    const { status, body } = await foyer.get(`/leads/feed?brokerageId=b1001&from=2026-01-01&after=${cursor}`)
    expect([status, getIds(body)]).toEqual([200, [id]])
  })

  test('reports an upstream failure, and the cursor stays valid', async () => {
    const cursor = await begin()
    const id = arrive('Patient')
    later()
    foyer.sandbox.control.spacio.fault({ operation: '*', kind: 'status', status: 500 })
    expect((await foyer.get(`/leads/feed?brokerageId=b1001&after=${cursor}`)).status).toBe(502)
    foyer.sandbox.control.spacio.clearFaults()
    expect(getIds((await foyer.get(`/leads/feed?brokerageId=b1001&after=${cursor}`)).body)).toEqual([id])
  })

  test('rejects a cursor beyond the log with 410 and says how to continue', async () => {
    arrive('Forgotten')
    later()
    const cursor = await begin('teamId=t2003')
    const other = foyer.sandbox.control.spacio.addLead({ sid: 10108, dateCreated: wireTime(instant) })
    expect(other).toHaveLength(1)
    later()
    await foyer.get(`/leads/feed?teamId=t2003&after=${cursor}`)
    later(17 * 86_400_000)
    await begin('teamId=t2003')
    const { status, body } = await foyer.get(`/leads/feed?teamId=t2003&after=${cursor}`)
    expect([status, body.code]).toEqual([410, 'cursor-expired'])
    expect(body.detail).toContain('from')
  })
})
