/** The only reader of environment variables. What it returns is checked, normalised and frozen. */

import {
  type Environment,
  isLoopback,
  readEnum,
  readHost,
  readKeys,
  readNumber,
  readOrigins,
  readPort,
  readProxyUrl,
  readString,
  readStringList,
  readUrl,
  rejectVariable,
} from './config/environment.ts'
import { readDemoKey, readRateLimit, readTrustedProxies } from './config/network.ts'
import type { TenantConfig } from './config/tenant.ts'
import { readTenantConfigs } from './config/tenants.ts'
import { checkVariables } from './config/variables.ts'

export { ConfigError, type Environment, isLoopback } from './config/environment.ts'
export type { ClientConfig, ConnectionConfig, TenantConfig } from './config/tenant.ts'

export interface FeedConfig {
  /** Milliseconds, all of them. */
  readonly lookBackMs: number
  readonly minIntervalMs: number
  readonly maxIntervalMs: number
  readonly heartbeatMs: number
}

export interface ProxyConfig {
  /** URLs, by the protocol of the upstream; empty: none. */
  readonly http: string
  readonly https: string
  /** Hosts that are reached without a proxy, with commas between. */
  readonly none: string
}

export interface JwtConfig {
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

export interface Config {
  readonly host: string
  readonly port: number
  readonly publicUrl: string | null
  /** `off`: whoever reaches the process may do everything; on loopback only. */
  readonly authentication: 'required' | 'off'
  readonly jwt: JwtConfig | null
  /** Addresses and CIDR ranges of proxies whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[]
  /** Requests a minute for each client of a tenant; null: any number. */
  readonly rateLimit: number | null
  /** The part of what is left of a tenant's hour that one of several clients may draw; 1: all of it. */
  readonly clientBudgetShare: number
  /** Origins whose pages may call the gateway from a browser. */
  readonly corsOrigins: readonly string[]
  /** Whether assistants are answered too, at `/mcp`. */
  readonly mcp: boolean
  readonly logLevel: string
  /** `direct`: the operator knows that his Spacio includes both range ends and answers newest first. */
  readonly spacioPaging: 'collect' | 'direct'
  /** Forward proxies that upstreams are reached through; null: there is none. */
  readonly proxy: ProxyConfig | null
  readonly storeUrl: string
  /** Sign cursors and tickets, seal tokens; the first is used, all are accepted. Empty: a key of its own is kept in the store. */
  readonly storeKeys: readonly string[]
  /** For the share of the hourly budget while the store is lost; null: nothing is spent then. */
  readonly maxReplicas: number | null
  readonly feed: FeedConfig
  /** Null: metrics are served with everything else, to who may see them; otherwise a port of theirs. */
  readonly metricsPort: number | null
  /** Where OpenTelemetry spans are sent, as OTLP over HTTP; null: nowhere. */
  readonly tracesUrl: string | null
  /** What the documentation is filled in with already; null: whoever reads it has a key of his own. */
  readonly demoKey: string | null
  readonly tenants: readonly TenantConfig[]
}

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']

/** Asymmetric ones: whoever checks a token could make one with any other. */
const jwtAlgorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']

const dayMs = 86_400_000

export const loadConfig = (env: Environment = process.env): Config => {
  checkVariables(env)
  const host = readHost(env, 'HOST', '127.0.0.1')
  const config: Config = {
    host,
    port: readPort(env, 'PORT', '3000'),
    publicUrl: readString(env, 'FOYER_PUBLIC_URL') === undefined ? null : readUrl(env, 'FOYER_PUBLIC_URL', ''),
    authentication: readEnum(env, 'FOYER_AUTH', ['required', 'off'], 'required'),
    jwt: readJwt(env),
    trustedProxies: readTrustedProxies(env, 'FOYER_TRUST_PROXY'),
    rateLimit: readRateLimit(env, 'FOYER_RATE_LIMIT', 6000),
    clientBudgetShare: readNumber(env, 'FOYER_CLIENT_BUDGET_SHARE', 50, 1, 100) / 100,
    corsOrigins: readOrigins(env, 'FOYER_CORS_ORIGINS'),
    mcp: readEnum(env, 'FOYER_MCP', ['on', 'off'], 'off') === 'on',
    logLevel: readEnum(env, 'LOG_LEVEL', logLevels, 'info'),
    spacioPaging: readEnum(env, 'SPACIO_PAGING', ['collect', 'direct'], 'collect'),
    proxy: readProxy(env),
    storeUrl: readString(env, 'FOYER_STORE_URL') ?? 'file:foyer.db',
    storeKeys: readKeys(env, 'FOYER_STORE_KEY'),
    maxReplicas: readString(env, 'FOYER_MAX_REPLICAS') ? readNumber(env, 'FOYER_MAX_REPLICAS', 1, 1, 1000) : null,
    feed: readFeed(env),
    metricsPort: readMetricsPort(env),
    tracesUrl: readString(env, 'OTEL_EXPORTER_OTLP_ENDPOINT') ? readUrl(env, 'OTEL_EXPORTER_OTLP_ENDPOINT', '') : null,
    demoKey: readDemoKey(env, 'FOYER_DEMO_KEY', host),
    tenants: readTenantConfigs(env),
  }
  checkAuthentication(config, env)
  return deepFreeze(config)
}

const checkAuthentication = ({ authentication, host, tenants }: Config, env: Environment): void => {
  if (authentication === 'off') {
    if (!isLoopback(host))
      rejectVariable('FOYER_AUTH', `can be off only where HOST is a loopback address, not ${JSON.stringify(host)}`)
    if (tenants.length > 1)
      rejectVariable('FOYER_AUTH', 'cannot be off with several tenants: nobody would say whose data is meant')
  } else if (callerSources.every((name) => readString(env, name) === undefined)) {
    // A file without clients is valid: else the last client could not be removed while the gateway runs.
    rejectVariable('FOYER_AUTH', 'is required, but nobody could call: name a FOYER_CLIENTS_FILE, or FOYER_JWT_ISSUER')
  }
}

const callerSources = ['FOYER_CLIENTS_FILE', 'FOYER_TENANTS_FILE', 'FOYER_JWT_ISSUER']

/** False: every request that needs credentials is refused. */
export const hasCallers = ({ authentication, jwt, tenants }: Config): boolean =>
  authentication === 'off' || jwt !== null || tenants.some(({ clients }) => clients.length > 0)

/** As curl and other programs read them: in small letters first. */
const readProxy = (env: Environment): ProxyConfig | null => {
  const read = (name: string): string => readProxyUrl(env, name.toLowerCase()) ?? readProxyUrl(env, name) ?? ''
  const [http, https] = [read('HTTP_PROXY'), read('HTTPS_PROXY')]
  if (http === '' && https === '') return null
  return { http, https, none: readString(env, 'no_proxy') ?? readString(env, 'NO_PROXY') ?? '' }
}

const readMetricsPort = (env: Environment): number | null => {
  if (readString(env, 'FOYER_METRICS_PORT') === undefined) return null
  const port = readPort(env, 'FOYER_METRICS_PORT', '')
  const isTaken = port !== 0 && port === readPort(env, 'PORT', '3000')
  return isTaken ? rejectVariable('FOYER_METRICS_PORT', 'must be another port than PORT') : port
}

const readJwt = (env: Environment): JwtConfig | null => {
  const issuer = readString(env, 'FOYER_JWT_ISSUER')
  const audience = readString(env, 'FOYER_JWT_AUDIENCE')
  const jwksUrl = readString(env, 'FOYER_JWT_JWKS_URL') && readUrl(env, 'FOYER_JWT_JWKS_URL', '')
  if (!issuer && !audience && !jwksUrl) return null
  if (!issuer) return rejectVariable('FOYER_JWT_ISSUER', 'is missing: whose tokens are accepted')
  if (!audience)
    return rejectVariable('FOYER_JWT_AUDIENCE', 'is missing: a token for any other audience must not be accepted')
  if (!jwksUrl) return rejectVariable('FOYER_JWT_JWKS_URL', 'is missing: where the keys are that sign tokens')
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

const readFeed = (env: Environment): FeedConfig => {
  const floor = readNumber(env, 'FOYER_FEED_FLOOR', 10, 0.05, 3600)
  return {
    lookBackMs: readNumber(env, 'FOYER_FEED_LOOKBACK_DAYS', 7, 1, 90) * dayMs,
    minIntervalMs: floor * 1000,
    // The longest pause is no shorter than the shortest.
    maxIntervalMs: readNumber(env, 'FOYER_FEED_CEILING', Math.max(300, floor), floor, 3600) * 1000,
    heartbeatMs: 15_000,
  }
}

const deepFreeze = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(deepFreeze)
    Object.freeze(value)
  }
  return value
}
