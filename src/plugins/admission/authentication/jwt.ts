import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose'
import { type Caller, type Grants, grantKinds, type Scope, scopes, toGrants } from '#src/access-control.ts'
import type { JwtConfig } from '#src/config.ts'
import { Problem } from '#src/problems.ts'
import { toJwtClientId } from './jwt-client-id.ts'
import { createKeySet, type KeySetOptions } from './key-set.ts'
import type { RejectionReason } from './rejections.ts'

export interface Rejection {
  readonly rejection: RejectionReason
}

/**
 * Returns the caller that a bearer token identifies, or the reason for its rejection. Throws `upstream-unavailable` if
 * the signing keys are unavailable.
 */
export type TokenReader = (token: string) => Promise<Caller | Rejection>

interface TokenReaderOptions {
  /** Returns the tenant that a claim names, or null if there is none. */
  resolveTenant: (claim: unknown) => string | null
  now: () => Date
  reportKeyFetch: KeySetOptions['report']
}

/** Tolerated difference between the clocks of the issuer and the gateway. */
const clockToleranceSeconds = 30

export const createTokenReader = (settings: JwtConfig, options: TokenReaderOptions): TokenReader => {
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

  /** Tries every key if several keys match the token's header. */
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

/** A token without a key id may be signed with a key that was published after the last fetch. */
const mayHaveNewKey = (error: unknown, token: string): boolean =>
  error instanceof errors.JWKSNoMatchingKey ||
  (error instanceof errors.JWSSignatureVerificationFailed && decodeProtectedHeader(token).kid === undefined)

const reasonsByClaim: Readonly<Record<string, RejectionReason>> = {
  aud: 'audience',
  iss: 'issuer',
  nbf: 'not-yet-valid',
}

/** Returns null if the error concerns the signing keys and not the token. */
const findReason = (error: unknown): RejectionReason | null => {
  if (error instanceof errors.JWTExpired) return 'expired'
  if (error instanceof errors.JWTClaimValidationFailed) return reasonsByClaim[error.claim] ?? 'claims'
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'signature'
  if (error instanceof errors.JWKSNoMatchingKey) return 'unknown-key'
  if (error instanceof errors.JOSEAlgNotAllowed) return 'algorithm'
  const isKeyError = error instanceof errors.JWKSInvalid || error instanceof errors.JWKInvalid
  return error instanceof errors.JOSEError && !isKeyError ? 'malformed' : null
}

/** Accepts a space-separated string (RFC 8693, section 4.2) or a list. Ignores scopes of other services. */
const parseScopes = (claim: unknown, prefix: string): ReadonlySet<Scope> => {
  const names: unknown[] = typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim : []
  return new Set(scopes.filter((scope) => names.includes(prefix + scope)))
}

const isGrant = (value: unknown): value is '*' | string[] =>
  value === '*' || (Array.isArray(value) && value.every((id) => typeof id === 'string'))

/** Returns null if the claim is malformed. */
const parseGrants = (claim: unknown): Grants | null => {
  const values = (claim ?? {}) as Record<string, unknown>
  if (typeof values !== 'object' || Array.isArray(values)) return null
  return grantKinds.every((kind) => isGrant(values[kind] ?? [])) ? toGrants(values) : null
}
