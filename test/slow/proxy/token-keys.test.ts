/** The keys of bearer tokens are fetched through the proxy that the environment names. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { skipsProxy, startProxy } from '../../support/forward-proxy.ts'

const root = `${import.meta.dirname}/../../..`

const closers: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

test.skipIf(skipsProxy)('foyer start asks the issuer for its keys through the proxy', async () => {
  const proxy = await startProxy()
  closers.push(proxy.close)
  const issuer = createServer((_request, response) => response.end('{"keys": []}')).listen(0, '127.0.0.1')
  await once(issuer, 'listening')
  closers.push(() => issuer.close())
  const host = `localhost:${(issuer.address() as AddressInfo).port}`
  const child = spawn(process.execPath, [`${root}/bin/foyer.js`, 'start'], {
    env: {
      SPACIO_API_KEY: 'key',
      PORT: '0',
      FOYER_STORE_URL: 'memory:',
      FOYER_JWT_ISSUER: `http://${host}/`,
      FOYER_JWT_AUDIENCE: 'foyer',
      FOYER_JWT_JWKS_URL: `http://${host}/keys.json`,
      HTTP_PROXY: proxy.url,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  closers.push(() => child.kill('SIGKILL'))
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk
  })
  await expect.poll(() => text).toMatch(/http:\/\/127\.0\.0\.1:\d+/)
  const token = `${encode({ alg: 'RS256', kid: 'a' })}.${encode({ exp: 9_999_999_999 })}.AAAA`
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0]
  const reply = await fetch(`${url}/upstreams`, { headers: { authorization: `Bearer ${token}` } })
  expect(reply.status).toBe(401)
  expect(proxy.requests().join('\n')).toContain(host)
})
