/** The only reader of environment variables. What it returns is checked, normalised and frozen. */
import { isIPv4 } from 'node:net'

export interface TenantConfig {
  readonly id: string
  readonly spacio: { readonly baseUrl: string; readonly apiKey: string }
  readonly liondesk: { readonly baseUrl: string; readonly accessToken: string | null }
}

export interface Config {
  readonly host: string
  readonly port: number
  readonly publicUrl: string | null
  readonly logLevel: string
  /** `direct`: the operator knows that his Spacio includes both range ends and answers newest first. */
  readonly spacioPaging: 'collect' | 'direct'
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
    logLevel: oneOf(env, 'LOG_LEVEL', logLevels, 'info'),
    spacioPaging: oneOf(env, 'SPACIO_PAGING', ['collect', 'direct'], 'collect'),
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
