/** What is kept outlives the process; one that dies halfway leaves the key to others, after a while. */
import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Sandbox, startSandbox } from '../../../sandbox/index.ts'
import { type Clock, createClock, replayedOf } from '../../support/idempotency.ts'
import { newPath, runLater } from '../../support/store/temporary.ts'
import { environmentOf, type Gateway, openGateway } from '../../support/test-gateway.ts'

const patience = { timeout: 10_000 }

let sandbox: Sandbox
let clock: Clock
let path: string
const opened: Gateway[] = []

const open = async (): Promise<Gateway> => {
  const env = { ...environmentOf(sandbox), FOYER_STORE_URL: `file:${path}` }
  const gateway = await openGateway(env, { now: clock.now })
  opened.push(gateway)
  return gateway
}

const create = (gateway: Gateway) =>
  gateway.send('POST', '/events/9/properties', { city: 'Secret City' }, { 'idempotency-key': 'a' })

const posts = (): number => sandbox.control.liondesk.requests().filter(({ operation }) => operation === 'create').length

beforeEach(async () => {
  clock = createClock()
  path = newPath()
  sandbox = await startSandbox({ leads: 10, now: clock.now() })
})

afterEach(async () => {
  for (const gateway of opened.splice(0)) await gateway.close()
  await sandbox.close()
  await runLater()
})

test('after a restart the repeat gets the same reply', async () => {
  const before = await open()
  const first = await create(before)
  await before.close()
  const second = await create(await open())
  expect([second.status, replayedOf(second), second.text, posts()]).toEqual([201, 'true', first.text, 1])
})

test.each([
  ['sent', true, ['true', 1]],
  ['not sent', false, [undefined, 2]],
])('a process that died when it had %s: another takes over a minute later', async (_name, applied, want) => {
  sandbox.control.liondesk.fault({ operation: 'create', kind: 'hang', applied, times: 1 })
  const dying = create(await open())
  await vi.waitFor(() => expect(posts()).toBe(1), patience)
  const other = await open()
  expect((await create(other)).body.code).toBe('conflict')
  clock.pass(59.999)
  expect((await create(other)).body.code).toBe('conflict')
  clock.pass(0.001)
  const reply = await create(other)
  expect([reply.status, [replayedOf(reply), posts()]]).toEqual([201, want])
  expect(sandbox.control.liondesk.records('9')).toHaveLength(1)
  await opened[0]?.close()
  expect((await dying).status).toBeGreaterThan(500)
  expect(replayedOf(await create(other))).toBe('true')
})

test('the store holds no listing in plain text', async () => {
  const gateway = await open()
  await create(gateway)
  await gateway.close()
  const held = readFileSync(path, 'latin1')
  expect(held).toContain('idempotency')
  expect(held).not.toContain('Secret City')
})
