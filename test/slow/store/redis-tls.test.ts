import { execFileSync, spawnSync } from 'node:child_process'
import { inspect } from 'node:util'
import { afterEach, describe, expect, test } from 'vitest'
import { openStore } from '#src/store/index.ts'
import { freePort, skipsRedis, startRedis } from '../../support/redis.ts'
import { startAppender } from '../../support/store/start-script.ts'
import { addCleanup, closeAfterTest, createTemporaryFolder, runCleanup } from '../../support/store/temporary.ts'

afterEach(runCleanup)

const skipsTls = skipsRedis || (spawnSync('openssl', ['version']).error !== undefined && !process.env.CI)

if (skipsTls) process.stderr.write('Skipped: Redis over TLS, since redis-server or openssl is not on PATH.\n')

/** Its certificate is trusted only if its file is named. */
const startTlsRedis = async (): Promise<{ url: string; certificate: string }> => {
  const folder = createTemporaryFolder()
  const [key, certificate] = [`${folder}/key.pem`, `${folder}/certificate.pem`]
  const request = '-x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost'.split(' ')
  const names = ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  execFileSync('openssl', ['req', ...request, ...names, '-keyout', key, '-out', certificate], { stdio: 'ignore' })
  const port = await freePort()
  const files = ['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-ca-cert-file', certificate]
  const server = await startRedis(['--tls-port', `${port}`, ...files, '--tls-auth-clients', 'no'])
  addCleanup(server.close)
  return { url: `rediss://127.0.0.1:${port}`, certificate }
}

describe.skipIf(skipsTls)('over TLS', () => {
  test('a server with an untrusted certificate is not used as a store', async () => {
    const { url } = await startTlsRedis()
    const store = closeAfterTest(openStore(url))
    const failure = async () => inspect(await store.set('key', 'value').catch((error: unknown) => error))
    // On a busy machine, the first caller may time out before the server has sent its certificate.
    await expect.poll(failure).toMatch(/StoreUnavailable.*self-signed certificate/s)
  })

  test.each(['127.0.0.1', 'localhost'])('a trusted one serves, called %s', async (host) => {
    const { url, certificate } = await startTlsRedis()
    const appender = startAppender(url.replace('127.0.0.1', host), 20, 10, { NODE_EXTRA_CA_CERTS: certificate })
    expect(await appender.exit).toEqual({ code: 0, complaints: '' })
    expect(appender.acknowledged()).toBe(20)
  })
})
