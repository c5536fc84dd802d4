/** Reads which access tokens the gateway accepts. */
import { type Environment, readString, readStringList, readUrl, rejectVariable } from './environment.ts'

export interface JwtConfig {
  readonly issuer: string
  readonly audience: string
  readonly jwksUrl: string
  readonly algorithms: readonly string[]
  /** Prefix of Foyer's scopes in a token. */
  readonly scopePrefix: string
  /** Names of the claims to read. */
  readonly claims: {
    readonly audience: string
    readonly tenant: string
    readonly scope: string
    readonly grants: string
    readonly subject: string
  }
}

/** Only asymmetric algorithms: a shared secret would also allow the gateway to issue tokens. */
const jwtAlgorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']

export const readJwt = (env: Environment): JwtConfig | null => {
  const issuer = readString(env, 'FOYER_JWT_ISSUER')
  const audience = readString(env, 'FOYER_JWT_AUDIENCE')
  const jwksUrl = readString(env, 'FOYER_JWT_JWKS_URL') && readUrl(env, 'FOYER_JWT_JWKS_URL', '')
  if (!issuer && !audience && !jwksUrl) return null
  if (!issuer) return rejectVariable('FOYER_JWT_ISSUER', 'is missing: the issuer of accepted tokens')
  if (!audience) return rejectVariable('FOYER_JWT_AUDIENCE', 'is missing: the audience of accepted tokens')
  if (!jwksUrl) return rejectVariable('FOYER_JWT_JWKS_URL', 'is missing: the URL of the token signing keys')
  const algorithms = readStringList(env, 'FOYER_JWT_ALGORITHMS')
  if (!algorithms.every((algorithm) => jwtAlgorithms.includes(algorithm))) {
    rejectVariable('FOYER_JWT_ALGORITHMS', `must be some of ${jwtAlgorithms.join(', ')}`)
  }
  return {
    issuer,
    audience,
    jwksUrl,
    algorithms: algorithms.length > 0 ? algorithms : ['RS256', 'PS256', 'ES256', 'EdDSA'],
    scopePrefix: readString(env, 'FOYER_JWT_SCOPE_PREFIX') ?? '',
    claims: {
      audience: readString(env, 'FOYER_JWT_AUDIENCE_CLAIM') ?? 'aud',
      tenant: readString(env, 'FOYER_JWT_TENANT_CLAIM') ?? 'tenant',
      scope: readString(env, 'FOYER_JWT_SCOPE_CLAIM') ?? 'scope',
      grants: readString(env, 'FOYER_JWT_GRANTS_CLAIM') ?? 'grants',
      subject: readString(env, 'FOYER_JWT_SUBJECT_CLAIM') ?? 'sub',
    },
  }
}
