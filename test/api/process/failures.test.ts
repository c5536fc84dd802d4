/** Errors in callbacks outside a request are logged and counted. None ends the process. */
import { Writable } from 'node:stream'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createLoggerOptions } from '#src/plugins/observe/request-log.ts'
import { openGateway, type TestGateway } from '../../support/test-gateway.ts'

let gateway: TestGateway
let lines: string[]

const stream = new Writable({
  write(chunk, _encoding, done) {
    lines.push(String(chunk))
    done()
  },
})

beforeAll(async () => {
  lines = []
  const env = { SPACIO_API_KEY: 'key', SPACIO_BASE_URL: 'http://127.0.0.1:9', FOYER_METRICS_PORT: '0' }
  gateway = await openGateway(env, { logger: { ...createLoggerOptions('error'), stream } })
  await gateway.app.listen({ host: '127.0.0.1', port: 0 })
})

beforeEach(() => {
  lines = []
})

afterAll(() => gateway.close())

const counted = async (): Promise<number> => {
  const reply = await fetch(`http://127.0.0.1:${gateway.app.getMetricsPort()}/metrics`)
  return Number(/^foyer_background_failures_total (\d+)$/m.exec(await reply.text())?.[1])
}

test('of a listener to the end of a request; the other listeners are still called', async () => {
  const before = await counted()
  const ends: number[] = []
  let isDefective = true
  gateway.app.onEnd(() => {
    if (isDefective) throw new TypeError('canary')
  })
  gateway.app.onEnd((_request, reply) => {
    ends.push(reply.statusCode)
  })
  expect((await gateway.get('/health/live')).status).toBe(200)
  await expect.poll(() => ends).toEqual([200])
  isDefective = false
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ level: 50, err: { type: 'TypeError', message: '' } }])
  expect(await counted()).toBe(before + 1)
})

test('of a connection that cannot be accepted', async () => {
  const before = await counted()
  gateway.app.server.emit('error', Object.assign(new Error('accept EMFILE'), { code: 'EMFILE' }))
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ level: 50, err: { code: 'EMFILE' } }])
  expect(await counted()).toBe(before + 1)
})
