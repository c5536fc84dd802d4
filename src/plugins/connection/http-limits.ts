import type { FastifyHttpOptions } from 'fastify'
import { minuteMs } from '#src/lib/units.ts'

/** All values are in milliseconds. */
export interface Timeouts {
  /** Maximum time to receive the headers of a request. */
  headersMs: number
  /** Maximum time to receive a whole request. */
  requestMs: number
  /**
   * Lifetime of an idle connection. It is longer than that of common proxies, so that the proxy closes the connection
   * first.
   */
  keepAliveMs: number
  /**
   * Maximum time without traffic while the gateway prepares a response. Long reports send nothing until they are
   * complete.
   */
  stallMs: number
  /** Maximum time that a client may leave a response unread. */
  unreadMs: number
  /** Interval of the timeout checks. */
  checkIntervalMs: number
}

export const defaultTimeouts: Timeouts = {
  headersMs: 10_000,
  requestMs: 15_000,
  keepAliveMs: 65_000,
  stallMs: 300_000,
  unreadMs: minuteMs,
  checkIntervalMs: 1_000,
}

export const maxBodyBytes = 16 * 1024

/**
 * Returns the server options that limit the size and duration of requests.
 * @see https://fastify.dev/docs/latest/Reference/Server/
 */
export const createHttpLimits = (overrides: Partial<Timeouts> = {}) => {
  const { headersMs, requestMs, keepAliveMs, stallMs, checkIntervalMs } = { ...defaultTimeouts, ...overrides }
  return {
    bodyLimit: maxBodyBytes,
    requestTimeout: requestMs,
    keepAliveTimeout: keepAliveMs,
    connectionTimeout: stallMs,
    maxRequestsPerSocket: 10_000,
    http: {
      maxHeaderSize: 16 * 1024,
      headersTimeout: headersMs,
      connectionsCheckingInterval: checkIntervalMs,
      insecureHTTPParser: false,
      // `raw-request` checks the Host header and answers with a problem document; Node's own 400 has no body.
      requireHostHeader: false,
    },
  } satisfies FastifyHttpOptions<never>
}
