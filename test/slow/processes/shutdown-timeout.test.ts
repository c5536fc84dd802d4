/** At shutdown, a process ends even if a request does not. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { shutdownTimeoutMs } from '#src/graceful-shutdown.ts'
import { type Sandbox, startSandbox } from '../../../sandbox/index.ts'
import { startGateway } from '../../support/gateway-process.ts'
import { createEnvironment } from '../../support/test-gateway.ts'

let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startSandbox({ leads: 0 })
})

afterAll(() => sandbox.close())

test('requests that are open at the timeout are closed, the log reports it, and the exit code is 1', async () => {
  sandbox.control.spacio.fault({ operation: 'getOHSessions', kind: 'latency', ms: 60_000 })
  const env = { ...createEnvironment(sandbox), FOYER_AUTH: 'off' }
  const gateway = await startGateway(env, 'test/support/hasty-gateway.ts')
  // The upstream attempt alone may take 6 seconds. A request that waited for it would get 504.
  const outcome = fetch(`${gateway.url}/properties/10101/open-houses`).then(
    ({ status }) => status,
    () => 'cut off',
  )
  await expect
    .poll(() => sandbox.control.spacio.requests().map(({ operation }) => operation))
    .toEqual(['getOHSessions'])
  gateway.kill('SIGTERM')
  expect(await gateway.exit).toBe(1)
  expect(await outcome).toBe('cut off')
  await gateway.waitForOutput(/are aborted/)
  const errors = gateway.output().match(/^.*"level":(50|60).*$/gm) ?? []
  expect(errors.map((line) => JSON.parse(line).msg)).toEqual([
    'the shutdown took longer than 0.4 s: requests in progress are aborted',
  ])
})

test('the documentation says when', () => {
  const page = readFileSync(`${import.meta.dirname}/../../../docs/scaling.md`, 'utf8')
  expect(page).toContain(
    `for at most ${shutdownTimeoutMs / 1_000} seconds. If requests are still open after that, it closes their connections`,
  )
})
