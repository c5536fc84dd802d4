/** Reads single variables. Errors name the variable but never quote its value, which may be a secret. */
import { isIP, isIPv4 } from 'node:net'

export type Environment = Readonly<Record<string, string | undefined>>

export class ConfigError extends Error {
  override name = 'ConfigError'
}

export const rejectVariable = (variable: string, message: string): never => {
  throw new ConfigError(`${variable} ${message}`)
}

export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))

/** An empty variable counts as unset, because shells and Compose files pass missing values as empty strings. */
export const readString = (env: Environment, name: string): string | undefined => env[name]?.trim() || undefined

export const readStringList = (env: Environment, name: string): string[] =>
  (readString(env, name) ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

export const isHeaderValue = (value: string): boolean => /^[\x21-\x7e]+$/.test(value)

export const readHeaderValue = (env: Environment, name: string): string | undefined => {
  const value = readString(env, name)
  return value === undefined || isHeaderValue(value)
    ? value
    : rejectVariable(name, 'must be printable ASCII without spaces: it is sent in a header')
}

export const readNumber = (env: Environment, name: string, fallback: number, min: number, max: number): number => {
  const text = readString(env, name)
  if (text === undefined) return fallback
  const value = Number(text)
  return /^\d+(\.\d+)?$/.test(text) && value >= min && value <= max
    ? value
    : rejectVariable(name, `must be a number from ${min} to ${max}`)
}

/** Reads an address or name to listen on, without brackets and port. */
export const readHost = (env: Environment, name: string, fallback: string): string => {
  const host = readString(env, name) ?? fallback
  const bare = /^\[(.*)\]$/.exec(host)?.[1]
  if (bare !== undefined && isIP(bare)) rejectVariable(name, `must be without brackets: ${bare}`)
  return isIP(host) || /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(host)
    ? host
    : rejectVariable(name, 'must be an IP address or a host name, such as 127.0.0.1 or ::, without a port')
}

export const readPort = (env: Environment, name: string, fallback: string): number => {
  const value = readString(env, name) ?? fallback
  const port = Number(value)
  return /^\d{1,5}$/.test(value) && port <= 65535
    ? port
    : rejectVariable(name, `must be a port number from 0 to 65535, not ${JSON.stringify(value)}`)
}

/** Returns what is wrong with a URL, or null for a plain http or https URL. */
export const validateUrl = (value: string): string | null => {
  if (!URL.canParse(value)) return 'must be an absolute http or https URL'
  const url = new URL(value)
  if (!/^https?:$/.test(url.protocol)) return 'must begin with http:// or https://'
  return url.username || url.password || url.search || url.hash
    ? 'must be a plain URL, without credentials, query or fragment'
    : null
}

/** Reads the URL of a forward proxy, which may contain credentials and may lack the protocol. */
export const readProxyUrl = (env: Environment, name: string): string | undefined => {
  const text = readString(env, name)
  if (text === undefined) return undefined
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)
    ? url
    : rejectVariable(name, 'must be the http or https URL of a proxy, such as http://proxy.example.com:3128')
}

export const normalizeUrl = (value: string): string => new URL(value).href.replace(/\/+$/, '')

export const readUrl = (env: Environment, name: string, fallback: string): string => {
  const value = readString(env, name) ?? fallback
  const violation = validateUrl(value)
  return violation === null ? normalizeUrl(value) : rejectVariable(name, violation)
}

export const readEnum = <const Word extends string>(
  env: Environment,
  name: string,
  allowed: readonly Word[],
  fallback: Word,
): Word => {
  const value = readString(env, name) ?? fallback
  return allowed.find((word) => word === value) ?? rejectVariable(name, `must be one of ${allowed.join(', ')}`)
}

export const readOrigins = (env: Environment, name: string): string[] => {
  const origins = readStringList(env, name)
  if (origins.some((origin) => origin.includes('*')))
    rejectVariable(
      name,
      'cannot contain a wildcard: list each origin, such as https://app.example.com, separated by commas',
    )
  const isOrigin = (origin: string) => URL.canParse(origin) && new URL(origin).origin === origin
  return origins.every(isOrigin)
    ? origins
    : rejectVariable(name, 'must be origins such as https://app.example.com, separated by commas')
}

export const readKeys = (env: Environment, name: string): string[] => {
  const keys = readStringList(env, name)
  const isKey = (key: string) => Buffer.from(key, 'base64').length === 32
  return keys.every(isKey)
    ? keys
    : rejectVariable(name, 'must be a key of 32 bytes in base64, or several keys separated by commas')
}
