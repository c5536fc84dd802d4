/** The process: how it starts, refuses to start, reloads clients, and ends. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { test } from 'vitest'
import { createEntry, makeKey, writeDocument } from '../../support/clients.ts'
import { compileCacheEnvironment } from '../../support/compile-cache.ts'
import { request } from '../../support/http.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))

const start = (env: Record<string, string>): ChildProcess =>
  spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'src/server.ts'], {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      ...compileCacheEnvironment,
      SPACIO_API_KEY: 'canary-key',
      FOYER_AUTH: 'off',
      PORT: '0',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })

const jwt = {
  FOYER_JWT_ISSUER: 'https://login.example.com/',
  FOYER_JWT_AUDIENCE: 'foyer',
  FOYER_JWT_JWKS_URL: 'https://login.example.com/keys.json',
}

const getAddress = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => {
    let seen = ''
    child.stdout?.on('data', (chunk) => {
      seen += chunk
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(seen)
      if (found) resolve(found[0])
    })
  })

const getOutcome = async (child: ChildProcess) => {
  const [errors, output, [code, signal]] = await Promise.all([
    text(child.stderr as NodeJS.ReadableStream & AsyncIterable<Buffer>),
    text(child.stdout as NodeJS.ReadableStream & AsyncIterable<Buffer>),
    once(child, 'exit'),
  ])
  return { errors, output, code, signal }
}

test.concurrent.for<[string, Record<string, string>, RegExp]>([
  ['no key', { SPACIO_API_KEY: '' }, /SPACIO_API_KEY/],
  ['a host that is not loopback, without authentication', { HOST: '0.0.0.0' }, /FOYER_AUTH.*HOST/],
  ['a proxy without an address', { FOYER_TRUST_PROXY: 'proxy.example' }, /FOYER_TRUST_PROXY/],
  ['an invalid limit', { FOYER_RATE_LIMIT: 'many' }, /FOYER_RATE_LIMIT/],
  ['no client', { FOYER_AUTH: '' }, /FOYER_AUTH/],
  ['a clients file that is not there', { FOYER_CLIENTS_FILE: '/nowhere' }, /FOYER_CLIENTS_FILE/],
  ['a bad port', { PORT: 'http' }, /PORT/],
  ['an address in brackets', { HOST: '[::1]' }, /HOST must be without brackets/],
  ['an address of another machine', { HOST: '192.0.2.1', FOYER_AUTH: 'required', ...jwt }, /HOST is not an address/],
  ['a mistyped variable', { FOYER_RATELIMIT: '5' }, /did you mean FOYER_RATE_LIMIT\?/],
  [
    'a store that is not there and is to keep the keys',
    { FOYER_STORE_URL: 'redis://127.0.0.1:1' },
    /FOYER_STORE_KEY is not set/,
  ],
])('%s: one sentence and exit code 1', async ([, env, want], { expect }) => {
  const { errors, code } = await getOutcome(start(env))
  expect(code).toBe(1)
  expect(errors).toMatch(/^Foyer cannot start: [^\n]+[.?]\n$/)
  expect(errors).toMatch(want)
})

test.concurrent('a port in use: one sentence and exit code 1', async ({ expect }) => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as { port: number }
  try {
    const { errors, code } = await getOutcome(start({ PORT: String(port) }))
    expect(code).toBe(1)
    expect(errors).toBe(`Foyer cannot start: port ${port} is in use; choose another with PORT.\n`)
    const metrics = await getOutcome(start({ FOYER_METRICS_PORT: String(port) }))
    expect(metrics.code).toBe(1)
    expect(metrics.errors).toBe(`Foyer cannot start: port ${port} is in use; choose another with FOYER_METRICS_PORT.\n`)
  } finally {
    taken.close()
  }
})

test.concurrent.for<NodeJS.Signals>(['SIGTERM', 'SIGINT'])(
  'it listens, answers, and %s ends it with 0',
  async (signal, { expect }) => {
    const child = start({})
    const outcome = getOutcome(child)
    const address = await getAddress(child)
    const reply = await request(`${address}/health/live`)
    expect([reply.statusCode, await reply.body.json()]).toEqual([200, { status: 'ok' }])

    child.kill(signal)

    const { code, errors, output } = await outcome
    expect(code).toBe(0)
    expect(errors).toBe('')
    expect(output).not.toContain('canary')
  },
)

test.concurrent('with clients it listens on any address, and reloads them on SIGHUP', async ({ expect }) => {
  const [before, after] = [makeKey(), makeKey()]
  const getDocument = (key: string) => ({ clients: [createEntry({ id: 'web', scopes: ['ops:read'] }, key)] })
  const path = writeDocument(getDocument(before))
  const child = start({ HOST: '0.0.0.0', FOYER_AUTH: 'required', FOYER_CLIENTS_FILE: path })
  const outcome = getOutcome(child)
  const address = await getAddress(child)
  const statusFor = async (key: string): Promise<number> => {
    const { statusCode, body } = await request(`${address}/upstreams`, { headers: { 'x-api-key': key } })
    await body.dump()
    return statusCode
  }
  expect([await statusFor(before), await statusFor(after)]).toEqual([200, 401])

  const reloaded = async (message: string): Promise<void> => {
    const said = new Promise<void>((resolve) => {
      child.stdout?.on('data', (chunk) => `${chunk}`.includes(message) && resolve())
    })
    child.kill('SIGHUP')
    await said
  }
  writeFileSync(path, JSON.stringify(getDocument(after)))
  await reloaded('the configuration was reloaded')
  expect([await statusFor(before), await statusFor(after)]).toEqual([401, 200])

  writeFileSync(path, '{')
  await reloaded('the configuration was not changed')
  expect([await statusFor(before), await statusFor(after)]).toEqual([401, 200])

  child.kill()
  expect((await outcome).code).toBe(0)
})
