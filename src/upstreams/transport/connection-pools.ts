import { LRUCache } from 'lru-cache'
import type { Dispatcher } from 'undici'
import type { CreateProxiedClient, SingleClient } from './proxy.ts'
import { buildConnector, type CallDispatcher, Client } from './undici.ts'

/**
 * A connection rests after each reply, at least this long and at least as long as its slowest reply took. A surplus
 * reply that arrives meanwhile closes it, and is not taken as the answer to the next call.
 */
const minRestMs = 250

/** With so many idle connections in a pool, the one that has rested longest is used even if it has not rested enough. */
const maxIdlePerPool = 32

/** For all pools of the process together: idle connections hold file descriptors. */
const maxIdleConnections = 256

const maxPools = 1_000

/** After a reply that nobody asked for, connections to its origin are used once only for so long. */
const distrustMs = 10 * 60_000

/** Shorter than any server's: a POST on a connection that the server is just closing fails. */
const keepAliveMs = 2_000
const maxKeepAliveMs = 4_000

interface Pool {
  readonly origin: string
  readonly connect: ReturnType<typeof buildConnector>
  /** The first is the one that has rested longest. */
  readonly idle: Set<PooledConnection>
}

interface PooledConnection {
  readonly pool: Pool
  readonly client: SingleClient
  isOpen: boolean
  isBusy: boolean
  /** When its last call began or, if it is idle, ended. */
  sinceMs: number
  restMs: number
}

export interface ConnectionPools {
  /** Connections are never shared between tenants: each tenant has its own to each origin. */
  getPool(tenant: string, origin: string): CallDispatcher
  close(): Promise<void>
}

export interface ConnectionPoolOptions {
  connectTimeoutMs: number
  /** Null: every origin is reached directly. */
  proxy?: CreateProxiedClient | null
  /** Milliseconds on a clock that is never set. */
  monotonic: () => number
}

export const createConnectionPools = ({
  connectTimeoutMs,
  proxy,
  monotonic,
}: ConnectionPoolOptions): ConnectionPools => {
  /** A pool that is evicted loses its TLS sessions; its idle connections are closed when they time out. */
  const pools = new LRUCache<string, Pool>({ max: maxPools })
  const connections = new Set<PooledConnection>()
  const idle = new Set<PooledConnection>()
  const distrustedUntil = new Map<string, number>()

  const findPool = (tenant: string, origin: string): Pool => {
    const key = `${origin} ${tenant}`
    const existing = pools.get(key)
    if (existing) return existing
    const connect = buildConnector({ allowH2: false, timeout: connectTimeoutMs })
    const pool = { origin, connect, idle: new Set<PooledConnection>() }
    pools.set(key, pool)
    return pool
  }

  const discard = (connection: PooledConnection): void => {
    idle.delete(connection)
    connection.pool.idle.delete(connection)
    connections.delete(connection)
    connection.client.destroy().catch(() => {})
  }

  const distrust = (origin: string): void => {
    distrustedUntil.set(origin, monotonic() + distrustMs)
    for (const connection of idle) if (connection.pool.origin === origin) discard(connection)
  }

  const release = (connection: PooledConnection): void => {
    if (!connection.isBusy) return
    connection.isBusy = false
    if (!connection.isOpen) {
      discard(connection)
      return
    }
    const nowMs = monotonic()
    connection.restMs = Math.max(connection.restMs, nowMs - connection.sinceMs)
    connection.sinceMs = nowMs
    connection.pool.idle.add(connection)
    idle.add(connection)
    const [oldest] = idle
    if (oldest && idle.size > maxIdleConnections) discard(oldest)
  }

  const createClient = (pool: Pool, watch: (client: Client) => void): SingleClient => {
    const options = {
      connect: pool.connect,
      pipelining: 1,
      allowH2: false,
      keepAliveTimeout: keepAliveMs,
      keepAliveMaxTimeout: maxKeepAliveMs,
      // An attempt has a timer of its own: these are coarse, and a dripping body never trips them.
      headersTimeout: 0,
      bodyTimeout: 0,
    }
    if (proxy) return proxy(pool.origin, { ...options, connectTimeout: connectTimeoutMs }, watch)
    const client = new Client(pool.origin, options)
    watch(client)
    return client
  }

  const openConnection = (pool: Pool): PooledConnection => {
    const watch = (client: Client): void => {
      client.on('connect', () => {
        connection.isOpen = true
      })
      client.on('disconnect', (_origin, _clients, error) => {
        connection.isOpen = false
        if (isUnsolicitedReply(error)) distrust(pool.origin)
        if (!connection.isBusy) discard(connection)
      })
      // The call is over: its connection can take another one, or was closed.
      client.on('drain', () => release(connection))
    }
    const client = createClient(pool, watch)
    const connection: PooledConnection = { pool, client, isOpen: false, isBusy: false, sinceMs: 0, restMs: minRestMs }
    connections.add(connection)
    return connection
  }

  const takeConnection = (pool: Pool): PooledConnection => {
    const nowMs = monotonic()
    const isFull = pool.idle.size >= maxIdlePerPool
    for (const connection of pool.idle) {
      if (!isFull && nowMs - connection.sinceMs < connection.restMs) continue
      idle.delete(connection)
      pool.idle.delete(connection)
      return connection
    }
    return openConnection(pool)
  }

  const send = (pool: Pool, options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void => {
    const isSingleUse = (distrustedUntil.get(pool.origin) ?? 0) > monotonic()
    const connection = isSingleUse ? openConnection(pool) : takeConnection(pool)
    connection.isBusy = true
    connection.sinceMs = monotonic()
    connection.client.dispatch(isSingleUse ? { ...options, reset: true } : options, handler)
    // A call that undici refuses, for a header that cannot be sent, ends without a `drain`.
    if (connection.client.stats.size === 0) release(connection)
  }

  return {
    getPool: (tenant, origin) => {
      const pool = findPool(tenant, origin)
      return {
        // undici reads what has arrived on an idle connection before it writes a request, if the event loop polls in
        // between. The one `setImmediate` that it waits may run in the same turn; of two in a row the second cannot.
        dispatch: (options, handler) => {
          setImmediate(() => {
            try {
              send(pool, options, handler)
            } catch (error) {
              // Nobody is above this callback: an exception would end the process.
              handler.onResponseError?.(null as never, error as Error)
            }
          })
          return true
        },
      }
    },
    close: async () => {
      await Promise.all([...connections].map(({ client }) => client.destroy()))
    },
  }
}

/** undici closes a connection with this error when anything but a line break arrives while no call waits for a reply. */
const isUnsolicitedReply = (error: Error): boolean =>
  (error as NodeJS.ErrnoException).code === 'UND_ERR_SOCKET' && error.message === 'bad response'
