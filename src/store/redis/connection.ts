import { once } from 'node:events'
import { createRequire } from 'node:module'
import type { Redis } from 'ioredis'
import { createSingleFlight } from '#src/lib/single-flight.ts'
import { withTimeout } from '#src/lib/timeout.ts'
import { stripArguments } from './errors.ts'
import type { RedisAddress } from './url.ts'

const connectTimeoutMs = 1_000
const maxPauseMs = 2_000

export interface RedisConnection {
  /**
   * Sends a command once the connection is ready. Failed commands are not retried because they may have been executed.
   */
  call<T>(command: (redis: Redis) => Promise<T>): Promise<T>
  /** Defines a Lua script, which Redis executes atomically. */
  defineScript(
    name: string,
    lua: string,
  ): (keys: readonly string[], args: readonly (string | number)[]) => Promise<unknown>
  close(): Promise<void>
}

/** Jitter prevents replicas that lost the same server from reconnecting at the same time. */
export const getRetryDelayMs = (attempt: number): number =>
  Math.min(maxPauseMs, 10 * 2 ** Math.min(attempt, 10)) * (0.5 + Math.random() / 2)

/** Loaded on demand, because most gateways do not use Redis. */
const loadIoredis = (): typeof import('ioredis') => createRequire(import.meta.url)('ioredis')

const openClient = (address: RedisAddress, callTimeoutMs: number): Redis => {
  const { Redis } = loadIoredis()
  return new Redis({
    ...address,
    commandTimeout: callTimeoutMs,
    connectTimeout: connectTimeoutMs,
    // A connection without data for this long while replies are pending counts as dead.
    socketTimeout: 2 * callTimeoutMs,
    disconnectTimeout: 100,
    maxLoadingRetryTime: callTimeoutMs,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    enableOfflineQueue: false,
    retryStrategy: getRetryDelayMs,
    // A server that became a replica stays read-only for this connection, so the client must reconnect.
    reconnectOnError: ({ message }) => message.includes('READONLY'),
    disableClientInfo: true,
    protocol: 2,
  })
}

/**
 * Connects in the background and reconnects until it is closed. A call waits at most `callTimeoutMs` for a connection
 * and its reply.
 */
export const connectRedis = (address: RedisAddress, callTimeoutMs: number): RedisConnection => {
  const redis = openClient(address, callTimeoutMs)
  let isClosed = false
  let wasReady = false
  /**
   * Calls wait for a connection at startup and after a disconnect. After a failed attempt they fail immediately until
   * one succeeds.
   */
  let canBecomeReady = true
  let lastError: unknown
  let hasAttemptError = false
  /** All callers share one wait, because thousands of event listeners would leak memory. */
  const flight = createSingleFlight<void>()

  redis.on('ready', () => {
    wasReady = true
    canBecomeReady = true
    hasAttemptError = false
    lastError = undefined
  })
  redis.on('connecting', () => {
    hasAttemptError = false
  })
  redis.on('close', () => {
    canBecomeReady = wasReady
    wasReady = false
  })
  // Without a listener, ioredis prints every failed attempt.
  redis.on('error', (error: unknown) => {
    // The first error of an attempt is the cause; later ones follow from it.
    if (!hasAttemptError) lastError = error
    hasAttemptError = true
    // If the server rejects the database number, ioredis would continue with database 0.
    if (redis.status === 'connect') redis.disconnect(true)
  })

  const awaitReady = async (): Promise<void> => {
    try {
      await once(redis, 'ready', { signal: AbortSignal.timeout(callTimeoutMs) })
    } catch {
      throw lastError ?? new Error(`no connection within ${callTimeoutMs} ms`)
    }
  }

  const callWhenReady = async <T>(command: (redis: Redis) => Promise<T>): Promise<T> => {
    if (!canBecomeReady) throw lastError ?? new Error('there is no connection')
    await flight.run(awaitReady)
    return command(redis)
  }

  /** The time spent on waiting for a connection counts towards the call's timeout. */
  const callInTime = <T>(command: (redis: Redis) => Promise<T>): Promise<T> =>
    withTimeout(
      callWhenReady(command),
      callTimeoutMs,
      () => lastError ?? new Error(`no answer within ${callTimeoutMs} ms`),
    )

  const call = async <T>(command: (redis: Redis) => Promise<T>): Promise<T> => {
    try {
      if (isClosed) throw new Error('it was closed')
      return await (redis.status === 'ready' ? command(redis) : callInTime(command))
    } catch (error) {
      throw stripArguments(error)
    }
  }

  return {
    call,
    defineScript: (name, lua) => {
      redis.defineCommand(name, { lua })
      const run = (redis as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>)[name]
      return (keys, args) => call(() => run?.call(redis, keys.length, keys, args) ?? Promise.reject())
    },
    close: async () => {
      isClosed = true
      await redis.quit().catch(() => redis.disconnect())
    },
  }
}
