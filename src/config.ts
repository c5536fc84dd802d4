/** The only reader of environment variables. It returns a validated, normalized and frozen configuration. */

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
  readUrl,
  rejectVariable,
} from './config/environment.ts'
import { type JwtConfig, readJwt } from './config/jwt.ts'
import { readDemoKey, readRateLimit, readTrustedProxies } from './config/network.ts'
import type { TenantConfig } from './config/tenant.ts'
import { readTenantConfigs } from './config/tenants.ts'
import { checkVariables } from './config/variables.ts'
import { deepFreeze } from './lib/deep-freeze.ts'
import { dayMs } from './lib/units.ts'

export { ConfigError, type Environment, isLoopback } from './config/environment.ts'
export type { JwtConfig } from './config/jwt.ts'
export type { ClientConfig, ConnectionConfig, TenantConfig } from './config/tenant.ts'

interface FeedConfig {
  /** All values are in milliseconds. */
  readonly lookBackMs: number
  readonly minIntervalMs: number
  readonly maxIntervalMs: number
  readonly heartbeatMs: number
}

interface ProxyConfig {
  /** Proxy URLs by the protocol of the upstream; an empty string means no proxy. */
  readonly http: string
  readonly https: string
  /** Comma-separated hosts that are called without a proxy. */
  readonly none: string
}

export interface Config {
  readonly host: string
  readonly port: number
  readonly publicUrl: string | null
  /** `off`: every client may do everything. Allowed on loopback addresses only. */
  readonly authentication: 'required' | 'off'
  readonly jwt: JwtConfig | null
  /** Addresses and CIDR ranges of proxies whose `X-Forwarded-For` is trusted. */
  readonly trustedProxies: readonly string[]
  /** Requests per minute for each client of a tenant; null: no limit. */
  readonly rateLimit: number | null
  /** The share of the tenant's remaining hourly budget that one of several clients may use; 1: all of it. */
  readonly clientBudgetShare: number
  /** Origins whose pages may call the gateway from a browser. */
  readonly corsOrigins: readonly string[]
  /** Enables the Model Context Protocol at `/mcp`. */
  readonly mcp: boolean
  readonly logLevel: string
  /** `direct`: the operator asserts that Spacio includes both ends of a range and returns the newest rows first. */
  readonly spacioPaging: 'collect' | 'direct'
  /** Forward proxies for calls to the upstreams; null: none. */
  readonly proxy: ProxyConfig | null
  readonly storeUrl: string
  /**
   * Keys that sign cursors and tickets and encrypt tokens. The first is used, and all are accepted. If the list is
   * empty, the gateway generates a key and stores it in the store.
   */
  readonly storeKeys: readonly string[]
  /** Splits the hourly budget while the store is unavailable; null: no Spacio calls during that time. */
  readonly maxReplicas: number | null
  readonly feed: FeedConfig
  /** Separate port for the metrics; null: the gateway's own port. */
  readonly metricsPort: number | null
  /** OTLP endpoint for spans; null disables tracing. */
  readonly tracesUrl: string | null
  /** API key that Swagger UI fills in; null: none. */
  readonly demoKey: string | null
  readonly tenants: readonly TenantConfig[]
}

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']

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
      rejectVariable(
        'FOYER_AUTH',
        'cannot be off with several tenants, because a request would not identify its tenant',
      )
  } else if (callerSources.every((name) => readString(env, name) === undefined)) {
    // A clients file without clients is valid, so that a reload can remove the last client.
    rejectVariable('FOYER_AUTH', 'is required, but no client is configured: set FOYER_CLIENTS_FILE or FOYER_JWT_ISSUER')
  }
}

const callerSources = ['FOYER_CLIENTS_FILE', 'FOYER_TENANTS_FILE', 'FOYER_JWT_ISSUER']

/** Returns false if the gateway rejects every request that needs credentials. */
export const hasCallers = ({ authentication, jwt, tenants }: Config): boolean =>
  authentication === 'off' || jwt !== null || tenants.some(({ clients }) => clients.length > 0)

/** Lower-case names take precedence, as in curl. */
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
  return isTaken ? rejectVariable('FOYER_METRICS_PORT', 'must differ from PORT') : port
}

const readFeed = (env: Environment): FeedConfig => {
  const floor = readNumber(env, 'FOYER_FEED_FLOOR', 10, 0.05, 3600)
  return {
    lookBackMs: readNumber(env, 'FOYER_FEED_LOOKBACK_DAYS', 7, 1, 90) * dayMs,
    minIntervalMs: floor * 1000,
    // The maximum must not be less than the minimum.
    maxIntervalMs: readNumber(env, 'FOYER_FEED_CEILING', Math.max(300, floor), floor, 3600) * 1000,
    heartbeatMs: 15_000,
  }
}
