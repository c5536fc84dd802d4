import { once } from 'node:events'
import { createRequire } from 'node:module'
import type { Redis } from 'ioredis'
import { stripArguments } from './errors.ts'
import type { RedisAddress } from './url.ts'

const connectTimeoutMs = 1_000
const maxPauseMs = 2_000

export interface RedisConnection {
  /** Sends a command once there is a connection. What fails is never sent again: it may have been done. */
  call<T>(command: (redis: Redis) => Promise<T>): Promise<T>
  /** A Lua script as a function: one indivisible step. */
  defineScript(
    name: string,
    lua: string,
  ): (keys: readonly string[], args: readonly (string | number)[]) => Promise<unknown>
  close(): Promise<void>
}

/** Replicas that lost the same server do not return in step. */
export const getRetryDelayMs = (attempt: number): number =>
  Math.min(maxPauseMs, 10 * 2 ** Math.min(attempt, 10)) * (0.5 + Math.random() / 2)

/** Loaded only where it is wanted. */
const loadIoredis = (): typeof import('ioredis') => createRequire(import.meta.url)('ioredis')

const openClient = (address: RedisAddress, callTimeoutMs: number): Redis => {
  const { Redis } = loadIoredis()
  return new Redis({
    ...address,
    commandTimeout: callTimeoutMs,
    connectTimeout: connectTimeoutMs,
    // A connection that says nothing for so long, while answers are due, is taken for dead.
    socketTimeout: 2 * callTimeoutMs,
    disconnectTimeout: 100,
    maxLoadingRetryTime: callTimeoutMs,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    enableOfflineQueue: false,
    retryStrategy: getRetryDelayMs,
    // What became a replica stays one for this connection, however the name resolves by now.
    reconnectOnError: ({ message }) => message.includes('READONLY'),
    disableClientInfo: true,
    protocol: 2,
  })
}

/**
 * Connects in the background, and again whenever the connection is lost, until it is closed. A call waits at most `callMs`
 * for a connection and its answer.
 */
export const connectRedis = (address: RedisAddress, callTimeoutMs: number): RedisConnection => {
  const redis = openClient(address, callTimeoutMs)
  let isClosed = false
  let wasReady = false
  /** Waiting is of use at the start and after a loss; once an attempt failed, calls fail at once until one succeeds. */
  let canBecomeReady = true
  let lastError: unknown
  let hasAttemptError = false
  let connecting: Promise<void> | undefined

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
  // Without a listener, ioredis would print every failed attempt.
  redis.on('error', (error: unknown) => {
    // The first failure of an attempt is the reason; others follow from it.
    if (!hasAttemptError) lastError = error
    hasAttemptError = true
    // ioredis would go on with database 0 when another is refused.
    if (redis.status === 'connect') redis.disconnect(true)
  })

  const awaitReady = async (): Promise<void> => {
    try {
      await once(redis, 'ready', { signal: AbortSignal.timeout(callTimeoutMs) })
    } catch {
      throw lastError ?? new Error(`no connection within ${callTimeoutMs} ms`)
    } finally {
      connecting = undefined
    }
  }

  /** All who wait, wait together: thousands of listeners would be one too many. */
  const waitUntilReady = (): Promise<void> => {
    if (!canBecomeReady) throw lastError ?? new Error('there is no connection')
    connecting ??= awaitReady()
    return connecting
  }

  /** The time that a call waited for a connection is not given to its answer again. */
  const callWhenReady = async <T>(command: (redis: Redis) => Promise<T>): Promise<T> => {
    const reply = (async () => {
      await waitUntilReady()
      return command(redis)
    })()
    const { promise: timeout, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(
      () => reject(lastError ?? new Error(`no answer within ${callTimeoutMs} ms`)),
      callTimeoutMs,
    )
    return Promise.race([reply, timeout]).finally(() => clearTimeout(timer))
  }

  const call = async <T>(command: (redis: Redis) => Promise<T>): Promise<T> => {
    try {
      if (isClosed) throw new Error('it was closed')
      return await (redis.status === 'ready' ? command(redis) : callWhenReady(command))
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
