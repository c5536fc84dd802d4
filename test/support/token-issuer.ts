import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose'

export const issuerName = 'https://login.example.net/'
export const audienceName = 'foyer'

export type KeyPair = Awaited<ReturnType<typeof generateKeyPair>>

export interface PublishedKey {
  kid?: string
  pair: KeyPair
  alg?: string
}

export const makeKeyPair = (alg = 'ES256'): Promise<KeyPair> => generateKeyPair(alg, { extractable: true })

export interface TokenIssuer {
  env: Record<string, string>
  /** The response to the next request for the keys. */
  publish(keys: readonly PublishedKey[]): void
  answerWith(answer: 'keys' | 'error' | 'endless'): void
  /** The number of requests for the keys. */
  requests(): number
  close(): Promise<void>
}

/** A token issuer whose keys a test chooses, and which can be unavailable. */
export const startTokenIssuer = async (): Promise<TokenIssuer> => {
  let publishedKeys: readonly PublishedKey[] = []
  let answer: 'keys' | 'error' | 'endless' = 'keys'
  let requests = 0
  const server = createServer(async (_request, response) => {
    requests += 1
    if (answer === 'error') return response.writeHead(503).end()
    response.writeHead(200, { 'content-type': 'application/json' })
    if (answer === 'endless') {
      const write = () => {
        while (!response.destroyed && response.write('{"keys":['.padEnd(64 * 1024))) {}
      }
      response.on('drain', write)
      return write()
    }
    const keys = publishedKeys.map(async ({ pair, ...names }) => ({ ...(await exportJWK(pair.publicKey)), ...names }))
    return response.end(JSON.stringify({ keys: await Promise.all(keys) }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    env: {
      FOYER_JWT_ISSUER: issuerName,
      FOYER_JWT_AUDIENCE: audienceName,
      FOYER_JWT_JWKS_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`,
    },
    publish: (keys) => {
      publishedKeys = keys
    },
    answerWith: (next) => {
      answer = next
    },
    requests: () => requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

export const signToken = (
  { pair, kid, alg = 'ES256' }: PublishedKey,
  claims: JWTPayload,
  header: { kid?: string | undefined } = {},
): Promise<string> =>
  new SignJWT(claims).setProtectedHeader({ alg, kid, ...header } as JWTHeaderParameters).sign(pair.privateKey)
