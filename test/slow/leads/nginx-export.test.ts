/** What a client receives through a real nginx if an export is truncated. */
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../../sandbox/index.ts'
import { type GatewayProcess, startGateway } from '../../support/gateway-process.ts'
import { hasNginx, type NginxServer, startNginx } from '../../support/nginx.ts'
import { createEnvironment } from '../../support/test-gateway.ts'

const skips = !hasNginx && !process.env.CI
if (skips) process.stderr.write('Skipped: exports through nginx, since no nginx is on PATH.\n')

interface Transfer {
  status: number
  text: string
  /** False: the transfer was truncated, and every HTTP client reports an error. */
  isComplete: boolean
}

const receive = (socketPath: string, path: string, onData = () => {}): Promise<Transfer> =>
  new Promise((resolve, reject) => {
    request({ socketPath, path, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
        onData()
      })
      response.on('error', () => {})
      response.on('close', () => resolve({ status: response.statusCode ?? 0, text, isComplete: response.complete }))
    })
      .on('error', reject)
      .end()
  })

/** As documented for operators. */
const documentedLines = (): string => {
  const page = readFileSync(`${import.meta.dirname}/../../../docs/scaling.md`, 'utf8')
  const block = /```nginx\n(.*?)```/s.exec(page)?.[1] ?? ''
  return /location \/ \{(.*?)\}/s.exec(block)?.[1]?.replace(/proxy_pass .*;/, '') ?? ''
}

describe.skipIf(skips)('an export through nginx', () => {
  let sandbox: Sandbox
  let gateway: GatewayProcess

  beforeAll(async () => {
    sandbox = await startSandbox({ leads: 30_000, now: new Date('2026-11-21T12:00:00Z') })
  })

  beforeEach(async () => {
    gateway = await startGateway({ ...createEnvironment(sandbox), FOYER_AUTH: 'off', FOYER_RATE_LIMIT: 'off' })
  })

  afterEach(async () => {
    sandbox.control.reset()
    gateway.kill('SIGKILL')
    await gateway.exit
  })

  afterAll(() => sandbox.close())

  const withNginx = async (lines: string, use: (nginx: NginxServer) => Promise<void>): Promise<void> => {
    const nginx = await startNginx(gateway.url, lines)
    await use(nginx).finally(nginx.close)
  }

  const wholeYear = 'from=2025-12-01&to=2026-11-30'

  const breakOff = () =>
    sandbox.control.spacio.fault({ operation: 'v2/getRegistrantsByBrokerage', kind: 'reset', after: 130 })

  test.each(['csv', 'ndjson'])('with default settings (HTTP/1.0) is a problem document, as %s', (format) =>
    withNginx('', async ({ socketPath }) => {
      breakOff()
      const { status, text } = await receive(
        socketPath,
        `/leads/export?brokerageId=b1001&${wholeYear}&format=${format}`,
      )
      expect(status).toBe(426)
      expect(JSON.parse(text)).toMatchObject({ code: 'http-version-too-old' })
    }),
  )

  test('with the documented lines arrives whole', () =>
    withNginx(documentedLines(), async ({ socketPath }) => {
      const { status, text, isComplete } = await receive(socketPath, '/leads/export?brokerageId=b1001&format=ndjson')
      expect([status, isComplete]).toEqual([200, true])
      expect(text.endsWith('}\n')).toBe(true)
    }))

  test('with the documented lines never looks complete when the upstream fails in the middle', () =>
    withNginx(documentedLines(), async ({ socketPath }) => {
      breakOff()
      const { status, isComplete } = await receive(
        socketPath,
        `/leads/export?brokerageId=b1001&${wholeYear}&format=ndjson`,
      )
      expect([status, isComplete]).toEqual([200, false])
    }))

  test('with the documented lines never looks complete when the gateway is killed in the middle', () =>
    withNginx(documentedLines(), async ({ socketPath }) => {
      sandbox.control.spacio.fault({ operation: 'v2/getRegistrantsByBrokerage', kind: 'hang', after: 130 })
      const { status, isComplete } = await receive(
        socketPath,
        `/leads/export?brokerageId=b1001&${wholeYear}&format=ndjson`,
        () => gateway.kill('SIGKILL'),
      )
      expect([status, isComplete]).toEqual([200, false])
    }))
})
