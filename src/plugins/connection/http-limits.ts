import type { FastifyHttpOptions } from 'fastify'

/** Milliseconds. */
export interface Timeouts {
  /** Until the headers of a request are whole. */
  headersMs: number
  /** Until a request is whole. */
  requestMs: number
  /** That an idle connection is kept for; longer than proxies keep theirs, so that they are the ones to end it. */
  keepAliveMs: number
  /** That a connection may stand still while it is answered; a long report is silent until it is read to its end. */
  stallMs: number
  /** That a client may leave a reply unread. */
  unreadMs: number
  /** How often all this is looked at: no request outlives its time by more. */
  checkIntervalMs: number
}

export const defaultTimeouts: Timeouts = {
  headersMs: 10_000,
  requestMs: 15_000,
  keepAliveMs: 65_000,
  stallMs: 300_000,
  unreadMs: 60_000,
  checkIntervalMs: 1_000,
}

/** What a client may take: bytes and time. */
export const createHttpLimits = (overrides: Partial<Timeouts> = {}) => {
  const { headersMs, requestMs, keepAliveMs, stallMs, checkIntervalMs } = { ...defaultTimeouts, ...overrides }
  return {
    bodyLimit: 16 * 1024,
    requestTimeout: requestMs,
    keepAliveTimeout: keepAliveMs,
    connectionTimeout: stallMs,
    maxRequestsPerSocket: 10_000,
    http: {
      maxHeaderSize: 16 * 1024,
      headersTimeout: headersMs,
      connectionsCheckingInterval: checkIntervalMs,
      insecureHTTPParser: false,
      // Node would answer without a word; a guard of ours refuses in full, and older versions of HTTP too.
      requireHostHeader: false,
    },
  } satisfies FastifyHttpOptions<never>
}
