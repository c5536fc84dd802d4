/** An issuer of JWTs on a loopback port. Its key lasts as long as the process. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { brokerageClient } from './keys.ts'

const audience = 'foyer-demo'

const algorithm = 'ES256'

interface Issuer {
  /** The settings of a gateway that trusts this issuer. */
  readonly env: Readonly<Record<string, string>>
  /** A token with the scopes and grants of the first key. */
  readonly token: string
  close(): void
}

export const startIssuer = async (): Promise<Issuer> => {
  const { publicKey, privateKey } = await generateKeyPair(algorithm)
  const keys = [{ ...(await exportJWK(publicKey)), kid: 'demo', alg: algorithm, use: 'sig' }]
  const server = createServer((_request, reply) => {
    reply.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys }))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { scopes, grants } = brokerageClient
  const token = await new SignJWT({ scope: scopes.join(' '), grants })
    .setProtectedHeader({ alg: algorithm, kid: 'demo' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject('demo-user')
    .setExpirationTime('7 days')
    .sign(privateKey)
  return {
    env: {
      FOYER_JWT_ISSUER: issuer,
      FOYER_JWT_AUDIENCE: audience,
      FOYER_JWT_JWKS_URL: `${issuer}/jwks.json`,
    },
    token,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
