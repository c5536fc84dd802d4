import { isIP } from 'node:net'

/** Where a Redis is and how to enter it; named as ioredis names it. */
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

/** Null: not such a URL. Queries are refused, since ioredis would take any of its options from there. */
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
    // Names are asked for in the greeting, addresses cannot be.
    ...(url.protocol === 'rediss:' && { tls: isIP(host) ? {} : { servername: host } }),
  }
}
