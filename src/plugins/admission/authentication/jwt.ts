import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose'
import { type Caller, type Grants, grantKinds, type Scope, scopes, toGrants } from '#src/access-control.ts'
import { Problem } from '#src/problems.ts'
import { toJwtClientId } from './jwt-client-id.ts'
import { createKeySet, type KeySetOptions } from './key-set.ts'
import type { RejectionReason } from './rejections.ts'

export interface TokenSettings {
  readonly issuer: string
  readonly audience: string
  readonly jwksUrl: string
  readonly algorithms: readonly string[]
  /** What each of our scopes begins with in a token. */
  readonly scopePrefix: string
  /** Names of the claims. */
  readonly claims: {
    readonly audience: string
    readonly tenant: string
    readonly scope: string
    readonly grants: string
    readonly subject: string
  }
}

export interface Rejection {
  readonly rejection: RejectionReason
}

/** Who stands behind a bearer token, or why it is not accepted. Throws `upstream-unavailable` where its keys cannot be had. */
export type TokenReader = (token: string) => Promise<Caller | Rejection>

export interface TokenReaderOptions {
  /** The tenant that a claim names; null: there is none. */
  resolveTenant: (claim: unknown) => string | null
  now: () => Date
  reportKeyFetch: KeySetOptions['report']
}

/** Seconds by which the clocks of an issuer and ours may differ. */
const clockToleranceSeconds = 30

export const createTokenReader = (settings: TokenSettings, options: TokenReaderOptions): TokenReader => {
  const { issuer, audience, jwksUrl, algorithms, claims } = settings
  const { resolveTenant, now, reportKeyFetch } = options
  const keys = createKeySet({ url: jwksUrl, now: () => now().getTime(), report: reportKeyFetch })
  const isStandardAudience = claims.audience === 'aud'

  const createVerifyOptions = () => ({
    issuer,
    ...(isStandardAudience && { audience }),
    algorithms: [...algorithms],
    clockTolerance: clockToleranceSeconds,
    requiredClaims: ['exp', claims.subject],
    currentDate: now(),
  })

  /** Where several keys fit, each of them. */
  const verifyOnce = async (token: string): Promise<JWTPayload> => {
    try {
      return (await jwtVerify(token, keys.find, createVerifyOptions())).payload
    } catch (error) {
      if (error instanceof errors.JWKSMultipleMatchingKeys) return verifyWithEach(token, error)
      throw error
    }
  }

  const verifyWithEach = async (token: string, candidates: errors.JWKSMultipleMatchingKeys): Promise<JWTPayload> => {
    for await (const key of candidates) {
      try {
        return (await jwtVerify(token, key, createVerifyOptions())).payload
      } catch (error) {
        if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error
      }
    }
    throw new errors.JWSSignatureVerificationFailed()
  }

  const verify = async (token: string): Promise<JWTPayload> => {
    try {
      return await verifyOnce(token)
    } catch (error) {
      if (!mayHaveNewKey(error, token) || !(await keys.renew())) throw error
      return verifyOnce(token)
    }
  }

  const toCaller = (payload: JWTPayload): Caller | Rejection => {
    if (!isStandardAudience && ![payload[claims.audience]].flat().includes(audience)) return { rejection: 'audience' }
    const tenant = resolveTenant(payload[claims.tenant])
    const subject = payload[claims.subject]
    const grants = parseGrants(payload[claims.grants])
    const isSubject = typeof subject === 'string' && subject !== '' && subject.length <= 255
    if (tenant === null || !isSubject || !grants) return { rejection: 'claims' }
    const tokenExpiresAt = (payload.exp as number) * 1000
    const expiresAt = tokenExpiresAt + clockToleranceSeconds * 1000
    const scopes = parseScopes(payload[claims.scope], settings.scopePrefix)
    return { tenant, client: toJwtClientId(subject), scopes, grants, expiresAt, tokenExpiresAt }
  }

  return async (token) => {
    try {
      return toCaller(await verify(token))
    } catch (cause) {
      const reason = findReason(cause)
      if (reason) return { rejection: reason }
      const detail = 'The token signing keys are temporarily unavailable.'
      throw new Problem('upstream-unavailable', { detail, retryAfter: 5, cause })
    }
  }
}

/** A token that names no key may be signed with one that was published since. */
const mayHaveNewKey = (error: unknown, token: string): boolean =>
  error instanceof errors.JWKSNoMatchingKey ||
  (error instanceof errors.JWSSignatureVerificationFailed && decodeProtectedHeader(token).kid === undefined)

const reasonsByClaim: Readonly<Record<string, RejectionReason>> = {
  aud: 'audience',
  iss: 'issuer',
  nbf: 'not-yet-valid',
}

/** Null: the error says nothing of the token, but that it could not be checked. */
const findReason = (error: unknown): RejectionReason | null => {
  if (error instanceof errors.JWTExpired) return 'expired'
  if (error instanceof errors.JWTClaimValidationFailed) return reasonsByClaim[error.claim] ?? 'claims'
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'signature'
  if (error instanceof errors.JWKSNoMatchingKey) return 'unknown-key'
  if (error instanceof errors.JOSEAlgNotAllowed) return 'algorithm'
  const isKeyError = error instanceof errors.JWKSInvalid || error instanceof errors.JWKInvalid
  return error instanceof errors.JOSEError && !isKeyError ? 'malformed' : null
}

/** As text with spaces between (RFC 8693), or as a list. Scopes of others are passed over. */
const parseScopes = (claim: unknown, prefix: string): ReadonlySet<Scope> => {
  const names: unknown[] = typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim : []
  return new Set(scopes.filter((scope) => names.includes(prefix + scope)))
}

const isGrant = (value: unknown): value is '*' | string[] =>
  value === '*' || (Array.isArray(value) && value.every((id) => typeof id === 'string'))

/** Null: something there cannot be read. */
const parseGrants = (claim: unknown): Grants | null => {
  const values = (claim ?? {}) as Record<string, unknown>
  if (typeof values !== 'object' || Array.isArray(values)) return null
  return grantKinds.every((kind) => isGrant(values[kind] ?? [])) ? toGrants(values) : null
}
