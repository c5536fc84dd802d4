import { LRUCache } from 'lru-cache'
import type { Dispatcher } from 'undici'
import { getOrCreate } from '#src/lib/get-or-create.ts'
import { minuteMs } from '#src/lib/units.ts'
import type { CreateProxiedClient, SingleClient } from './proxied-client-types.ts'
import { buildConnector, type CallDispatcher, Client } from './undici.ts'

/**
 * The minimum rest of a connection after each reply; the actual rest is at least the duration of its slowest reply.
 * A surplus reply that arrives during the rest closes the connection, so that it cannot answer the next call.
 */
const minRestMs = 250

/** If a pool has this many idle connections, the longest-idle one is used without sufficient rest. */
const maxIdlePerPool = 32

/** For all pools together, because idle connections use file descriptors. */
const maxIdleConnections = 256

const maxPools = 1_000

/** After an unsolicited reply, each connection to the origin serves a single call for this long. */
const distrustMs = 10 * minuteMs

/** Shorter than common server timeouts: a POST fails if the server is closing the connection. */
const keepAliveMs = 2_000
const maxKeepAliveMs = 4_000

interface Pool {
  readonly origin: string
  readonly connect: ReturnType<typeof buildConnector>
  /** The longest-idle connection comes first. */
  readonly idle: Set<PooledConnection>
}

interface PooledConnection {
  readonly pool: Pool
  readonly client: SingleClient
  isOpen: boolean
  isBusy: boolean
  /** The start of the last call, or its end if the connection is idle. */
  sinceMs: number
  restMs: number
}

export interface ConnectionPoolOptions {
  connectTimeoutMs: number
  /** Null if origins are reached directly. */
  proxy?: CreateProxiedClient | null
  /** Milliseconds on the monotonic clock. */
  monotonic: () => number
}

export const createConnectionPools = ({ connectTimeoutMs, proxy, monotonic }: ConnectionPoolOptions) => {
  /** An evicted pool loses its TLS sessions. Its idle connections close when they time out. */
  const pools = new LRUCache<string, Pool>({ max: maxPools })
  const connections = new Set<PooledConnection>()
  const idle = new Set<PooledConnection>()
  const distrustedUntil = new Map<string, number>()

  const findPool = (tenant: string, origin: string): Pool =>
    getOrCreate<string, Pool>(pools, `${origin} ${tenant}`, () => ({
      origin,
      connect: buildConnector({ allowH2: false, timeout: connectTimeoutMs }),
      idle: new Set<PooledConnection>(),
    }))

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
      // Attempts have their own timer; undici's timers are coarse and never fire while data trickles in.
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
      // The call has ended: the connection is free or closed.
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
    // If undici rejects a call because of an invalid header, it emits no `drain`.
    if (connection.client.stats.size === 0) release(connection)
  }

  return {
    /** Tenants never share connections to an origin. */
    getPool: (tenant: string, origin: string): CallDispatcher => {
      const pool = findPool(tenant, origin)
      return {
        // undici reads pending data of an idle connection before it writes a request, provided that the event loop
        // polls in between. Its own `setImmediate` may run in the same turn; a second one cannot.
        dispatch: (options, handler) => {
          setImmediate(() => {
            try {
              send(pool, options, handler)
            } catch (error) {
              // An exception in this callback would terminate the process.
              handler.onResponseError?.(null as never, error as Error)
            }
          })
          return true
        },
      }
    },
    close: async (): Promise<void> => {
      await Promise.all([...connections].map(({ client }) => client.destroy()))
    },
  }
}

/** undici closes a connection with this error if data other than a line break arrives while no call is pending. */
const isUnsolicitedReply = (error: Error): boolean =>
  (error as NodeJS.ErrnoException).code === 'UND_ERR_SOCKET' && error.message === 'bad response'
