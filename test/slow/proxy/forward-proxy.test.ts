/** HTTP_PROXY, HTTPS_PROXY and NO_PROXY, with a real proxy between the gateway and its upstreams. */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import tls from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Environment, loadConfig } from '#src/config.ts'
import { createTransport, loadProxy, type Transport } from '#src/upstreams/transport/index.ts'
import { limits } from '#src/upstreams/transport/limits.ts'
import { type ForwardProxy, skipsProxy, startProxy } from '../../support/forward-proxy.ts'

const closers: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

let clock = 0

const getTransport = async (env: Environment): Promise<Transport> => {
  const { proxy } = loadConfig({ SPACIO_API_KEY: 'key', FOYER_AUTH: 'off', ...env })
  const transport = createTransport({
    proxy: proxy && (await loadProxy(proxy)),
    monotonic: () => clock,
    random: () => 0,
  })
  closers.push(() => transport.close())
  return transport
}

const ask = (transport: Transport, baseUrl: string, { tenant = 't', writes = false } = {}): Promise<string> =>
  transport.send(
    {
      ...{ tenant, system: 'liondesk', operation: 'x', limits: limits.liondeskWrite, method: 'POST' },
      ...{ baseUrl, path: '/events', headers: { authorization: 'Bearer secret' }, writes },
      read: ({ body }) => body.toString(),
    },
    new AbortController().signal,
  )

interface Upstream {
  url: string
  receivedRequests: IncomingMessage[]
}

const listening = async (create: (answer: RequestListener) => Server, protocol: string): Promise<Upstream> => {
  const receivedRequests: IncomingMessage[] = []
  const server = create((request, response) => {
    receivedRequests.push(request)
    response.end(`reply ${receivedRequests.length}`)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `${protocol}://localhost:${(server.address() as AddressInfo).port}`, receivedRequests }
}

let folder: string
let certificates: string[]

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'foyer-certificate-'))
  const request = '-x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost'.split(' ')
  const names = [
    '-addext',
    'subjectAltName=DNS:localhost',
    '-keyout',
    join(folder, 'key'),
    '-out',
    join(folder, 'cert'),
  ]
  execFileSync('openssl', ['req', ...request, ...names], { stdio: 'ignore' })
  certificates = tls.getCACertificates('default')
  tls.setDefaultCACertificates([...certificates, readFileSync(join(folder, 'cert'), 'utf8')])
})

afterAll(() => {
  tls.setDefaultCACertificates(certificates)
  rmSync(folder, { recursive: true, force: true })
})

const plain = () => listening((answer) => createServer(answer), 'http')

const secure = () => {
  const options = { key: readFileSync(join(folder, 'key')), cert: readFileSync(join(folder, 'cert')) }
  return listening((answer) => createTlsServer(options, answer), 'https')
}

describe.skipIf(skipsProxy)('through a proxy', () => {
  const start = async (more: readonly string[] = []): Promise<ForwardProxy> => {
    const proxy = await startProxy(more)
    closers.push(proxy.close)
    return proxy
  }

  test('an https upstream is reached through a tunnel, in which the proxy sees nothing', async () => {
    const [proxy, upstream] = [await start(), await secure()]
    const transport = await getTransport({ HTTPS_PROXY: proxy.url })
    expect(await ask(transport, upstream.url)).toBe('reply 1')
    expect(proxy.requests()).toEqual([`CONNECT ${new URL(upstream.url).host}`])
    expect(upstream.receivedRequests[0]?.headers).toMatchObject({
      host: new URL(upstream.url).host,
      authorization: 'Bearer secret',
    })
    expect(upstream.receivedRequests[0]?.headers).not.toHaveProperty('via')
  })

  test('an http upstream is reached through its own proxy', async () => {
    const [proxy, upstream] = [await start(), await plain()]
    const transport = await getTransport({ http_proxy: proxy.url, HTTPS_PROXY: 'http://127.0.0.1:9' })
    expect(await ask(transport, upstream.url)).toBe('reply 1')
    expect(upstream.receivedRequests[0]?.headers.via).toMatch(/tinyproxy/)
    expect(upstream.receivedRequests[0]?.headers.host).toBe(new URL(upstream.url).host)
  })

  test.each(['localhost', 'example.com, localhost', '*'])(
    'NO_PROXY=%s: the upstream is reached directly',
    async (hosts) => {
      const [proxy, upstream] = [await start(), await secure()]
      const transport = await getTransport({ HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url, NO_PROXY: hosts })
      expect(await ask(transport, upstream.url)).toBe('reply 1')
      expect(proxy.requests()).toEqual([])
    },
  )

  test('connections are kept for later calls, and never shared between tenants', async () => {
    const [proxy, upstream] = [await start(), await secure()]
    const transport = await getTransport({ HTTPS_PROXY: proxy.url })
    for (const tenant of ['one', 'two']) await ask(transport, upstream.url, { tenant })
    expect(new Set(upstream.receivedRequests.map(({ socket }) => socket)).size).toBe(2)
    expect(proxy.requests()).toHaveLength(2)
    // A connection pauses before it takes another call.
    clock += 1_000
    for (let turn = 0; turn < 4; turn += 1) await setImmediate()
    await ask(transport, upstream.url, { tenant: 'one' })
    expect(upstream.receivedRequests[2]?.socket).toBe(upstream.receivedRequests[0]?.socket)
    expect(proxy.requests()).toHaveLength(2)
  })

  test('credentials of the proxy are sent to the proxy alone', async () => {
    const [proxy, upstream] = [await start(['BasicAuth user password']), await secure()]
    const { host } = new URL(proxy.url)
    const known = await getTransport({ HTTPS_PROXY: `http://user:password@${host}` })
    expect(await ask(known, upstream.url)).toBe('reply 1')
    expect(upstream.receivedRequests[0]?.headers).not.toHaveProperty('proxy-authorization')
    const unknown = await getTransport({ HTTPS_PROXY: proxy.url })
    // Nothing was sent, so the outcome of the write is known.
    await expect(ask(unknown, upstream.url, { writes: true })).rejects.toMatchObject({
      code: 'upstream-failed',
      fields: { upstream: { retryable: true } },
    })
    expect(upstream.receivedRequests).toHaveLength(1)
  })

  test('an unavailable proxy is an upstream that cannot be reached', async () => {
    const upstream = await secure()
    const transport = await getTransport({ HTTPS_PROXY: 'http://127.0.0.1:9' })
    const failure = await ask(transport, upstream.url, { writes: true }).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'upstream-failed', fields: { upstream: { retryable: true } } })
    expect(failure).not.toHaveProperty('fields.outcome')
    expect(upstream.receivedRequests).toEqual([])
  })
})
