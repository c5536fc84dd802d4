/** A flood of rejected requests must not fill the log. Omitted lines are counted. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createLoggerOptions } from '#src/plugins/observe/request-log.ts'
import { writeClients } from '../../support/clients.ts'
import { openGateway, type TestGateway } from '../../support/test-gateway.ts'

const { path, headers } = writeClients({ web: { scopes: ['ops:read'] } })

let gateway: TestGateway
let lines: Record<string, unknown>[]

const stream = {
  write: (line: string) => {
    lines.push(JSON.parse(line))
  },
}

beforeAll(async () => {
  const env = { SPACIO_API_KEY: 'key', FOYER_AUTH: 'required', FOYER_CLIENTS_FILE: path, FOYER_METRICS_PORT: '' }
  gateway = await openGateway(env, { logger: { ...createLoggerOptions('info'), stream } as never })
})

beforeEach(() => {
  lines = []
})

afterAll(() => gateway.close())

const omittedSoFar = async (): Promise<number> => {
  const { text } = await gateway.get('/metrics', headers('web'))
  return Number(/^foyer_log_lines_dropped_total\{reason="rate"\} (\d+)$/m.exec(text)?.[1])
}

const flood = 400

test.for([
  ['an unknown route', 'GET', '/nowhere', 404],
  ['no key', 'GET', '/upstreams', 401],
  ['a wrong method', 'PUT', '/upstreams', 405],
] as const)('%s, many times over', async ([, method, url, status]) => {
  const before = await omittedSoFar()
  lines = []
  for (let count = 0; count < flood; count += 1) expect((await gateway.send(method, url)).status).toBe(status)
  const omitted = (await omittedSoFar()) - before
  const logged = lines.filter((line) => line.status === status)
  expect(omitted).toBeGreaterThan(0)
  expect(logged).toHaveLength(flood - omitted)
  // The request for the metrics has credentials. Its log line has the number of lines that were omitted before.
  const told = lines.reduce((sum, { omittedLines = 0 }) => sum + Number(omittedLines), 0)
  expect(told).toBe(omitted)
})

test('a failure of an admitted request is always logged', async () => {
  for (let count = 0; count < 50; count += 1) await gateway.get('/problems/nonsense')
  expect(lines.filter(({ route, status }) => route === '/problems/:code' && status === 404)).toHaveLength(50)
})
