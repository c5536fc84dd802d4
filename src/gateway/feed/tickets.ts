import { noGrants } from '#src/access-control.ts'
import { Problem } from '#src/problems.ts'
import type { Signer } from '../crypto/signing.ts'
import type { Caller, RequestContext } from '../request-context.ts'
import type { FeedScope } from './poller.ts'

export interface Ticket {
  ticket: string
  /** RFC 3339, UTC. */
  expiresAt: string
}

export interface Tickets {
  issue(scope: FeedScope, call: RequestContext): Ticket
  /**
   * The caller that a ticket was issued to, for that one feed and nothing else. Throws `unauthenticated`. Whether its key,
   * scope and grant are still valid is for others to check.
   */
  redeem(ticket: string): Caller
}

const lifetimeMs = 5 * 60_000

const purpose = 'feed ticket'

/** A browser's EventSource can send no header: a ticket in its URL, good for one feed and a few minutes, stands in. */
type Payload = [
  tenant?: string,
  client?: string,
  log?: string,
  expires?: number,
  callerEnds?: number | null,
  keyId?: string | null,
]

export const createTickets = (signer: Signer, now: () => Date): Tickets => ({
  issue: ({ log }, { caller }) => {
    const expires = now().getTime() + lifetimeMs
    const { tenant, client, expiresAt = null, keyId = null } = caller
    const ticket = signer.sign(purpose, [tenant, client, log, expires, expiresAt, keyId])
    return { ticket, expiresAt: new Date(expires).toISOString() }
  },
  redeem: (ticket) => {
    const [tenant, client, log, expires, callerEnds, keyId] = (signer.open(purpose, ticket) ?? []) as Payload
    if (
      tenant === undefined ||
      client === undefined ||
      log === undefined ||
      expires === undefined ||
      expires <= now().getTime()
    ) {
      throw new Problem('unauthenticated', {
        detail: 'The ticket is invalid or has expired. Request a new one with POST /leads/feed/tickets.',
      })
    }
    // Listening ends when the credentials end that the ticket stands in for.
    const expiry = typeof callerEnds === 'number' ? { expiresAt: callerEnds } : {}
    const credentials = typeof keyId === 'string' ? { keyId } : { isGrantChecked: true }
    return {
      tenant,
      client,
      scopes: new Set(['leads:read']),
      grants: noGrants,
      onlyFeed: log,
      ...credentials,
      ...expiry,
    }
  },
})
