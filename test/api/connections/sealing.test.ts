/** Stored tokens cannot be read with only the store. */
import { randomBytes } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import { createSealer, loadSealer } from '#src/gateway/crypto/encryption.ts'
import { createMemoryStore } from '#src/store/memory/index.ts'
import {
  connectAccount,
  listConnections,
  listTokens,
  openConnectedGateway,
  openSandbox,
} from '../../support/connections.ts'
import { createPath, runCleanup } from '../../support/store/temporary.ts'

afterEach(runCleanup)

const [first, second, third] = [randomBytes(32), randomBytes(32), randomBytes(32)]
const place = ['connections', 'tenant', 'c1']

test('a sealed text opens only in its context, and each sealing differs', () => {
  const sealer = createSealer([first])
  const sealed = [sealer.seal('secret ü', place), sealer.seal('secret ü', place)]
  expect(new Set(sealed).size).toBe(2)
  for (const text of sealed) {
    expect(sealer.open(text, place)).toBe('secret ü')
    expect(text).not.toContain(Buffer.from('secret').toString('base64url'))
  }
})

test.for([
  ['another connection', ['connections', 'tenant', 'c2']],
  ['another tenant', ['connections', 'other', 'c1']],
  ['another kind', ['configured connections', 'tenant', 'c1']],
  ['parts joined otherwise', ['connections', 'tenant,c1']],
])('it does not open with %s', ([, other]) => {
  const sealer = createSealer([first])
  expect(sealer.open(sealer.seal('secret', place), other as string[])).toBeNull()
})

test.for(['secret', ''])('no changed or truncated text is decrypted: %j', (text) => {
  const sealer = createSealer([first])
  const sealed = sealer.seal(text, place)
  const [version, id, body = ''] = sealed.split('.')
  const bytes = Buffer.from(body, 'base64url')
  const put = (changed: Buffer) => [version, id, changed.toString('base64url')].join('.')
  for (let index = 0; index < bytes.length; index += 1) {
    const changed = Buffer.from(bytes)
    changed[index] = (changed[index] as number) ^ 1
    expect(sealer.open(put(changed), place)).toBeNull()
    expect(sealer.open(put(bytes.subarray(0, index)), place)).toBeNull()
  }
  for (const text of ['', '.', '1', `2.${id}.${body}`, `1.${'0'.repeat(12)}.${body}`, 'null']) {
    expect(sealer.open(text, place)).toBeNull()
  }
})

test('keys can be rotated', () => {
  const before = createSealer([first])
  const during = createSealer([second, first])
  const after = createSealer([second])
  const old = before.seal('secret', place)
  const young = during.seal('secret', place)
  expect([during.open(old, place), during.open(young, place)]).toEqual(['secret', 'secret'])
  expect([after.open(old, place), after.open(young, place)]).toEqual([null, 'secret'])
  expect([during.isCurrent(old), during.isCurrent(young)]).toEqual([false, true])
})

test('without a configured key, the store holds a generated one, which opens nothing under a configured key', async () => {
  const store = createMemoryStore()
  const sealed = (await loadSealer([], store)).seal('secret', place)
  expect((await loadSealer([], store)).open(sealed, place)).toBe('secret')
  expect((await loadSealer([first.toString('base64')], store)).open(sealed, place)).toBeNull()
})

const keys = (...given: Buffer[]) => ({ FOYER_STORE_KEY: given.map((key) => key.toString('base64')).join(',') })

test('the files of the store reveal no token, code, state or user', async () => {
  const sandbox = await openSandbox()
  const path = createPath()
  const gateway = await openConnectedGateway(sandbox, { ...keys(first), FOYER_STORE_URL: `file:${path}` })
  await connectAccount(gateway)
  sandbox.control.liondesk.expireToken()
  await gateway.get('/events/7/properties')

  const bytes = Buffer.concat(globSync(`${path}*`).map((file) => readFileSync(file))).toString('latin1')
  const secrets = listTokens(sandbox)
  expect(bytes).toContain('connected')
  expect(secrets.length).toBeGreaterThan(5)
  for (const secret of [...secrets, 'robin.vale@example.com']) expect(bytes).not.toContain(secret)
})

test('a connection survives a key rotation once it has been read', async () => {
  const sandbox = await openSandbox()
  const env = { FOYER_STORE_URL: `file:${createPath()}` }
  const before = await openConnectedGateway(sandbox, { ...env, ...keys(first) })
  const id = await connectAccount(before)
  await before.close()

  const during = await openConnectedGateway(sandbox, { ...env, ...keys(second, first) })
  expect((await during.get('/events/7/properties')).status).toBe(200)
  await during.close()

  const after = await openConnectedGateway(sandbox, { ...env, ...keys(second) })
  expect((await after.get('/events/7/properties')).status).toBe(200)
  await after.close()

  const lost = await openConnectedGateway(sandbox, { ...env, ...keys(third) })
  expect((await lost.get('/events/7/properties')).body.code).toBe('reauthorization-required')
  expect(await listConnections(lost)).toMatchObject([{ id, status: 'reauthorization-required', user: null }])
  await connectAccount(lost, { body: { reauthorize: id } })
  expect((await lost.get('/events/7/properties')).status).toBe(200)
})
