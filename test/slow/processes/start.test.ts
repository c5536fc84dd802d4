/** A start does not load modules that it does not need, because they cost time and memory. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startFlags } from '../../../cli/start.ts'
import { type Sandbox, startSandbox } from '../../../sandbox/index.ts'
import { compileCacheEnvironment } from '../../support/compile-cache.ts'
import { fetch } from '../../support/http.ts'
import { createEnvironment } from '../../support/test-gateway.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))

interface Loaded {
  readonly urls: readonly string[]
  /** Node's own modules. */
  readonly own: readonly string[]
}

let sandbox: Sandbox
let gateway: ChildProcess
let url: string

beforeAll(async () => {
  sandbox = await startSandbox({ leads: 100 })
  const env = {
    ...createEnvironment(sandbox),
    ...compileCacheEnvironment,
    PATH: process.env.PATH ?? '',
    PORT: '0',
    FOYER_AUTH: 'off',
    FOYER_STORE_URL: 'memory:',
  }
  const args = [...startFlags, '--import', `${import.meta.dirname}/../../support/loaded.ts`, `${root}src/server.ts`]
  gateway = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  const ready = once(gateway, 'message')
  let printed = ''
  for await (const chunk of gateway.stdout?.iterator({ destroyOnReturn: false }) ?? []) {
    printed += chunk
    url = /http:\/\/127\.0\.0\.1:\d+/.exec(printed)?.[0] ?? ''
    if (url) break
  }
  gateway.stdout?.resume()
  await ready
})

afterAll(async () => {
  if (gateway.exitCode === null) {
    gateway.kill('SIGTERM')
    await once(gateway, 'exit')
  }
  await sandbox.close()
})

const loaded = async (): Promise<Loaded> => {
  gateway.send('loaded')
  const [message] = await once(gateway, 'message', { signal: AbortSignal.timeout(10_000) })
  return message as Loaded
}

const getStatus = async (path: string): Promise<number> => {
  const reply = await fetch(url + path)
  await reply.text()
  return reply.status
}

const getPackages = ({ urls }: Loaded): Set<string> =>
  new Set(urls.map((each) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(each)?.[1] ?? '(ours)'))

const delayed = [
  '@fastify/ajv-compiler',
  '@fastify/fast-json-stringify-compiler',
  '@fastify/swagger',
  '@fastify/swagger-ui',
  '@modelcontextprotocol/server',
  '@opentelemetry/sdk-trace',
  'ioredis',
  'jose',
  'yaml',
]

test('after the first response, modules of other routes are not loaded', async () => {
  expect(await getStatus('/properties/10101')).toBe(200)
  const now = await loaded()
  const packages = getPackages(now)
  expect(packages).toContain('fastify')
  expect(delayed.filter((name) => packages.has(name))).toEqual([])
  // Importing `node:http` loads Node's own copy of undici. Of the package, only the pool is loaded.
  expect(now.own.filter((name) => name.includes('deps/undici'))).toEqual([])
  expect(now.urls.filter((each) => each.includes('/node_modules/undici/')).length).toBeLessThan(30)
})

test('a module that was not loaded is loaded when a request needs it', async () => {
  expect(await getStatus('/docs/')).toBe(200)
  expect(getPackages(await loaded())).toContain('@fastify/swagger-ui')
})
