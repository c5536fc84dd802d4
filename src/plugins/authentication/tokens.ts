import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose'
import { type Caller, type Grants, grantKinds, grantsOf, type Scope, scopes } from '#src/access.ts'
import { Problem } from '#src/problems.ts'
import { tokenClient } from './token-clients.ts'

export interface TokenSettings {
  readonly issuer: string
  readonly audience: string
  readonly jwksUrl: string
  readonly algorithms: readonly string[]
  /** Names of the claims. */
  readonly claims: {
    readonly tenant: string
    readonly scope: string
    readonly grants: string
    readonly subject: string
  }
}

/** Who stands behind a bearer token; null: it is not valid. Throws `upstream-unavailable` where its keys cannot be had. */
export type TokenReader = (token: string) => Promise<Caller | null>

/** Seconds by which the clocks of an issuer and ours may differ. */
const clockTolerance = 30

export const createTokenReader = (
  { issuer, audience, jwksUrl, algorithms, claims }: TokenSettings,
  tenantOf: (claim: unknown) => string | null,
  now: () => Date,
): TokenReader => {
  const keys = createRemoteJWKSet(new URL(jwksUrl), {
    timeoutDuration: 3_000,
    // An unknown key id asks again, so that a new key works at once, but not at every forged token.
    cooldownDuration: 5_000,
    cacheMaxAge: 600_000,
  })
  const options = {
    issuer,
    audience,
    algorithms: [...algorithms],
    clockTolerance,
    requiredClaims: ['exp', claims.subject],
  }

  return async (token) => {
    const payload = await payloadOf(() => jwtVerify(token, keys, { ...options, currentDate: now() }))
    if (!payload) return null
    const tenant = tenantOf(payload[claims.tenant])
    const subject = payload[claims.subject]
    const grants = grantsIn(payload[claims.grants])
    if (tenant === null || typeof subject !== 'string' || subject === '' || subject.length > 255 || !grants) return null
    const expiresAt = ((payload.exp as number) + clockTolerance) * 1000
    return { tenant, client: tokenClient(subject), scopes: scopesIn(payload[claims.scope]), grants, expiresAt }
  }
}

/** What says that the keys cannot be had, and nothing of the token. */
const isUnavailable = (error: unknown): boolean =>
  !(error instanceof errors.JOSEError) ||
  error instanceof errors.JWKSTimeout ||
  error instanceof errors.JWKSInvalid ||
  error.code === 'ERR_JOSE_GENERIC'

const payloadOf = async (verify: () => Promise<{ payload: JWTPayload }>): Promise<JWTPayload | null> => {
  try {
    return (await verify()).payload
  } catch (cause) {
    if (!isUnavailable(cause)) return null
    const detail = 'The keys that tokens are checked with cannot be had for now.'
    throw new Problem('upstream-unavailable', { detail, retryAfter: 5, cause })
  }
}

/** As text with spaces between (RFC 8693), or as a list. Scopes of others are passed over. */
const scopesIn = (claim: unknown): ReadonlySet<Scope> => {
  const words: unknown[] = typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim : []
  return new Set(scopes.filter((scope) => words.includes(scope)))
}

const isGrant = (value: unknown): value is '*' | string[] =>
  value === '*' || (Array.isArray(value) && value.every((id) => typeof id === 'string'))

/** Null: something there cannot be read. */
const grantsIn = (claim: unknown): Grants | null => {
  const given = (claim ?? {}) as Record<string, unknown>
  if (typeof given !== 'object' || Array.isArray(given)) return null
  return grantKinds.every((kind) => isGrant(given[kind] ?? [])) ? grantsOf(given) : null
}
