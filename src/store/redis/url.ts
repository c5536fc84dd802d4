import { isIP } from 'node:net'

/** The connection options, with the names of ioredis. */
export interface RedisAddress {
  readonly host: string
  readonly port: number
  readonly db: number
  readonly username?: string
  readonly password?: string
  readonly tls?: { readonly servername?: string }
}

const defaultPort = 6379

const decodePercent = (text: string): string | null => {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

/** Returns null for any other URL. Queries are rejected, because ioredis would read arbitrary options from them. */
export const parseRedisUrl = (text: string): RedisAddress | null => {
  const url = URL.parse(text)
  const database = url?.pathname.match(/^\/?(\d{0,5})$/)
  if (!url || !/^rediss?:$/.test(url.protocol) || !url.hostname || !database || url.search || url.hash) return null
  const [username, password] = [decodePercent(url.username), decodePercent(url.password)]
  if (username === null || password === null) return null
  const host = url.hostname.replace(/^\[|\]$/g, '')
  return {
    host,
    port: Number(url.port || defaultPort),
    db: Number(database[1]),
    ...(username && { username }),
    ...(password && { password }),
    // SNI allows names but not IP addresses.
    ...(url.protocol === 'rediss:' && { tls: isIP(host) ? {} : { servername: host } }),
  }
}
