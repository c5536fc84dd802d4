import type { FastifyHttpOptions } from 'fastify'

/** Milliseconds. */
export interface Timeouts {
  /** Until the headers of a request are whole. */
  headers: number
  /** Until a request is whole. */
  request: number
  /** That an idle connection is kept for; longer than proxies keep theirs, so that they are the ones to end it. */
  keepAlive: number
  /** That a connection may stand still while it is answered; a long report is silent until it is read to its end. */
  stalled: number
  /** That a client may leave a reply unread. */
  unread: number
  /** How often all this is looked at: no request outlives its time by more. */
  check: number
}

export const usualTimeouts: Timeouts = {
  headers: 10_000,
  request: 15_000,
  keepAlive: 65_000,
  stalled: 300_000,
  unread: 60_000,
  check: 1_000,
}

/** What a client may take: bytes and time. */
export const httpLimits = (given: Partial<Timeouts> = {}) => {
  const { headers, request, keepAlive, stalled, check } = { ...usualTimeouts, ...given }
  return {
    bodyLimit: 16 * 1024,
    requestTimeout: request,
    keepAliveTimeout: keepAlive,
    connectionTimeout: stalled,
    maxRequestsPerSocket: 10_000,
    http: {
      maxHeaderSize: 16 * 1024,
      headersTimeout: headers,
      connectionsCheckingInterval: check,
      insecureHTTPParser: false,
      // Node would answer without a word; a guard of ours refuses in full, and older versions of HTTP too.
      requireHostHeader: false,
    },
  } satisfies FastifyHttpOptions<never>
}
