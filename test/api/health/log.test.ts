/** Load balancers send several checks per second. They must not fill the log. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLoggerOptions } from '#src/plugins/observe/request-log.ts'
import { openGateway, type TestGateway } from '../../support/test-gateway.ts'

let gateway: TestGateway
const lines: Record<string, unknown>[] = []

beforeAll(async () => {
  const stream = { write: (line: string) => lines.push(JSON.parse(line)) }
  const env = { SPACIO_API_KEY: 'key', SPACIO_BASE_URL: 'http://127.0.0.1:9' }
  gateway = await openGateway(env, {
    logger: { ...createLoggerOptions('info'), stream } as never,
    stopping: { noticeMs: 0 },
  })
})

afterAll(() => gateway.close())

test('a successful health check is not logged, a failed one is', async () => {
  for (const path of ['/health/live', '/health/ready']) expect((await gateway.get(path)).status).toBe(200)
  expect(lines).toEqual([])
  // A gateway that is shutting down is not ready.
  gateway.app.isStopping = () => true
  expect((await gateway.get('/health/ready')).status).toBe(503)
  const requests = lines.filter(({ msg }) => msg === 'request')
  expect(requests).toMatchObject([{ route: '/health/ready', status: 503 }])
})
