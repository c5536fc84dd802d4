/** The only reader of environment variables. What it returns is checked, normalised and frozen. */
import { isIPv4 } from 'node:net'

export interface TenantConfig {
  readonly id: string
  readonly spacio: { readonly baseUrl: string; readonly apiKey: string }
  readonly liondesk: { readonly baseUrl: string; readonly accessToken: string | null }
}

export interface FeedConfig {
  /** Milliseconds, all of them. */
  readonly lookBack: number
  readonly floor: number
  readonly ceiling: number
  readonly heartbeat: number
  /** Calls an hour that Spacio grants the key. */
  readonly hourlyBudget: number
}

export interface Config {
  readonly host: string
  readonly port: number
  readonly publicUrl: string | null
  /** Origins whose pages may call the gateway from a browser. */
  readonly corsOrigins: readonly string[]
  readonly logLevel: string
  /** `direct`: the operator knows that his Spacio includes both range ends and answers newest first. */
  readonly spacioPaging: 'collect' | 'direct'
  readonly storeUrl: string
  /** Signs cursors and tickets; the first is used, all are accepted. Empty: a key of its own is kept in the store. */
  readonly storeKeys: readonly string[]
  readonly feed: FeedConfig
  readonly tenants: readonly TenantConfig[]
}

export type Environment = Readonly<Record<string, string | undefined>>

export class ConfigError extends Error {
  override name = 'ConfigError'
}

const refuse = (variable: string, message: string): never => {
  throw new ConfigError(`${variable} ${message}`)
}

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']

export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))

export const loadConfig = (env: Environment = process.env): Config => {
  const host = textOf(env, 'HOST') ?? '127.0.0.1'
  refuseWithoutAuthentication(host, textOf(env, 'FOYER_AUTH'))
  return deepFreeze({
    host,
    port: portOf(env),
    publicUrl: textOf(env, 'FOYER_PUBLIC_URL') === undefined ? null : urlOf(env, 'FOYER_PUBLIC_URL', ''),
    corsOrigins: originsOf(env, 'FOYER_CORS_ORIGINS'),
    logLevel: oneOf(env, 'LOG_LEVEL', logLevels, 'info'),
    spacioPaging: oneOf(env, 'SPACIO_PAGING', ['collect', 'direct'], 'collect'),
    storeUrl: textOf(env, 'FOYER_STORE_URL') ?? 'file:foyer.db',
    storeKeys: keysOf(env, 'FOYER_STORE_KEY'),
    feed: feedOf(env),
    tenants: [
      {
        id: 'default',
        spacio: {
          baseUrl: urlOf(env, 'SPACIO_BASE_URL', 'https://ws.spac.io'),
          apiKey: headerValueOf(env, 'SPACIO_API_KEY') ?? refuse('SPACIO_API_KEY', 'is missing: the key for Spacio'),
        },
        liondesk: {
          baseUrl: urlOf(env, 'LIONDESK_BASE_URL', 'https://api-v2.liondesk.com'),
          accessToken: headerValueOf(env, 'LIONDESK_ACCESS_TOKEN') ?? null,
        },
      },
    ],
  })
}

const feedOf = (env: Environment): FeedConfig => {
  const floor = numberOf(env, 'FOYER_FEED_FLOOR', 10, 0.05, 3600)
  return {
    lookBack: numberOf(env, 'FOYER_FEED_LOOKBACK_DAYS', 7, 1, 90) * day,
    floor: floor * 1000,
    // The longest pause is no shorter than the shortest.
    ceiling: numberOf(env, 'FOYER_FEED_CEILING', Math.max(300, floor), floor, 3600) * 1000,
    heartbeat: 15_000,
    hourlyBudget: numberOf(env, 'SPACIO_HOURLY_BUDGET', 12_000, 1, 10_000_000),
  }
}

const originsOf = (env: Environment, name: string): string[] => {
  const origins =
    textOf(env, name)
      ?.split(',')
      .map((origin) => origin.trim()) ?? []
  const isOrigin = (origin: string) => URL.canParse(origin) && new URL(origin).origin === origin
  return origins.every(isOrigin)
    ? origins
    : refuse(name, 'must be origins such as https://app.example.com, with commas between')
}

const day = 86_400_000

const numberOf = (env: Environment, name: string, fallback: number, least: number, most: number): number => {
  const text = textOf(env, name)
  if (text === undefined) return fallback
  const value = Number(text)
  return /^\d+(\.\d+)?$/.test(text) && value >= least && value <= most
    ? value
    : refuse(name, `must be a number from ${least} to ${most}`)
}

const keysOf = (env: Environment, name: string): string[] => {
  const keys = textOf(env, name)?.split(',') ?? []
  const isKey = (key: string) => Buffer.from(key, 'base64').length === 32
  return keys.every(isKey) ? keys : refuse(name, 'must be 32 bytes in base64, or several of them with commas between')
}

const refuseWithoutAuthentication = (host: string, mode: string | undefined): void => {
  if (mode !== undefined && mode !== 'off') {
    refuse('FOYER_AUTH', 'can only be "off" in this version, which does not check credentials yet')
  }
  if (!isLoopback(host)) {
    refuse('HOST', `must be a loopback address while credentials are not checked, not ${JSON.stringify(host)}`)
  }
}

/** An empty variable counts as unset: that is what a shell or a compose file makes of a missing value. */
const textOf = (env: Environment, name: string): string | undefined => env[name]?.trim() || undefined

const headerValueOf = (env: Environment, name: string): string | undefined => {
  const value = textOf(env, name)
  return value === undefined || /^[\x21-\x7e]+$/.test(value)
    ? value
    : refuse(name, 'must be printable ASCII without spaces: it is sent in a header')
}

const portOf = (env: Environment): number => {
  const value = textOf(env, 'PORT') ?? '3000'
  const port = Number(value)
  return /^\d{1,5}$/.test(value) && port <= 65535
    ? port
    : refuse('PORT', `must be a port number from 0 to 65535, not ${JSON.stringify(value)}`)
}

const urlOf = (env: Environment, name: string, fallback: string): string => {
  const value = textOf(env, name) ?? fallback
  if (!URL.canParse(value)) return refuse(name, 'must be an absolute http or https URL')
  const url = new URL(value)
  if (!/^https?:$/.test(url.protocol)) return refuse(name, 'must begin with http:// or https://')
  if (url.username || url.password || url.search || url.hash) {
    return refuse(name, 'must be a plain URL, without credentials, query or fragment')
  }
  return url.href.replace(/\/+$/, '')
}

const oneOf = <const Word extends string>(
  env: Environment,
  name: string,
  allowed: readonly Word[],
  fallback: Word,
): Word => {
  const value = textOf(env, name) ?? fallback
  return allowed.find((word) => word === value) ?? refuse(name, `must be one of ${allowed.join(', ')}`)
}

const deepFreeze = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(deepFreeze)
    Object.freeze(value)
  }
  return value
}
