/** An unavailable store is reported to the operator, and not confused with a limit of the upstream. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { scrape } from '../../support/telemetry.ts'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

/** No server listens there. */
const nowhere = { FOYER_STORE_URL: 'redis://:canary@127.0.0.1:9', FOYER_STORE_KEY: `${'A'.repeat(43)}=` }

const lines: { level: number; msg: string }[] = []

let foyer: SandboxGateway

beforeAll(async () => {
  const stream = { write: (line: string) => void lines.push(JSON.parse(line)) }
  foyer = await openSandboxAndGateway({
    sandbox: { leads: 100 },
    env: { ...nowhere, LOG_LEVEL: 'warn' },
    logger: { level: 'warn', base: null, stream } as never,
  })
})

afterAll(() => foyer.close())

test.for(['/leads?brokerageId=b1001', '/leads?sid=10101', '/properties/10101', '/brokerages/b1001/agents'])(
  'GET %s says that the store is down, and nothing of a rate limit',
  async (url) => {
    const { status, body, headers } = await foyer.get(url)
    expect([status, body.code, headers['retry-after']]).toEqual([503, 'upstream-unavailable', '5'])
    expect(body.detail).toContain('store')
    expect(JSON.stringify(body)).not.toMatch(/rate/i)
  },
)

test('one warning names FOYER_STORE_URL, without its password', async () => {
  const warnings = lines.filter(({ msg }) => msg.includes('FOYER_STORE_URL'))
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toMatchObject({ level: 40 })
  expect(JSON.stringify(lines)).not.toContain('canary')
})

test('the metrics and the readiness say so', async () => {
  const { value } = await scrape(foyer.app)
  expect(value('foyer_store_up', {})).toBe(0)
  expect(value('foyer_store_failures_total', {})).toBeGreaterThan(0)
  expect(await foyer.get('/health/ready')).toMatchObject({ status: 200, body: { status: 'ok', store: 'unavailable' } })
})

test('a working store is reported as up', async () => {
  const other = await openSandboxAndGateway()
  expect((await other.get('/properties/10101')).status).toBe(200)
  const { value } = await scrape(other.app)
  expect(value('foyer_store_up', {})).toBe(1)
  expect((await other.get('/health/ready')).body).toEqual({ status: 'ok', store: 'ok' })
  await other.close()
})
