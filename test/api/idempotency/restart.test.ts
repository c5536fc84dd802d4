/** Stored results survive the process. If a process dies, another one can use the key after a while. */
import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../../sandbox/index.ts'
import { type Clock, createClock, isReplayed } from '../../support/idempotency.ts'
import { createPath, runCleanup } from '../../support/store/temporary.ts'
import { createEnvironment, openGateway, type TestGateway } from '../../support/test-gateway.ts'

let sandbox: Sandbox
let clock: Clock
let path: string
const opened: TestGateway[] = []

const open = async (): Promise<TestGateway> => {
  const env = { ...createEnvironment(sandbox), FOYER_STORE_URL: `file:${path}` }
  const gateway = await openGateway(env, { now: clock.now })
  opened.push(gateway)
  return gateway
}

const create = (gateway: TestGateway) =>
  gateway.send('POST', '/events/9/properties', { city: 'Secret City' }, { 'idempotency-key': 'a' })

const posts = (): number => sandbox.control.liondesk.requests().filter(({ operation }) => operation === 'create').length

beforeEach(async () => {
  clock = createClock()
  path = createPath()
  sandbox = await startSandbox({ leads: 10, now: clock.now() })
})

afterEach(async () => {
  for (const gateway of opened.splice(0)) await gateway.close()
  await sandbox.close()
  await runCleanup()
})

test('after a restart, the repeated request gets the same response', async () => {
  const before = await open()
  const first = await create(before)
  await before.close()
  const second = await create(await open())
  expect([second.status, isReplayed(second), second.text, posts()]).toEqual([201, 'true', first.text, 1])
})

test.each([
  ['sent', true, ['true', 1]],
  ['not sent', false, [undefined, 2]],
])('a process that died when it had %s: another takes over a minute later', async (_name, applied, want) => {
  sandbox.control.liondesk.fault({ operation: 'create', kind: 'hang', applied, times: 1 })
  const dying = create(await open())
  await expect.poll(posts).toBe(1)
  const other = await open()
  expect((await create(other)).body.code).toBe('conflict')
  clock.pass(59.999)
  expect((await create(other)).body.code).toBe('conflict')
  clock.pass(0.001)
  const reply = await create(other)
  expect([reply.status, [isReplayed(reply), posts()]]).toEqual([201, want])
  expect(sandbox.control.liondesk.records('9')).toHaveLength(1)
  await opened[0]?.close()
  expect((await dying).status).toBeGreaterThan(500)
  expect(isReplayed(await create(other))).toBe('true')
})

test('the store holds no listing in plain text', async () => {
  const gateway = await open()
  await create(gateway)
  await gateway.close()
  const held = readFileSync(path, 'latin1')
  expect(held).toContain('idempotency')
  expect(held).not.toContain('Secret City')
})
