import { noGrants, type Scope } from '#src/access-control.ts'
import { minuteMs, toTimestamp } from '#src/lib/units.ts'
import { Problem } from '#src/problems.ts'
import type { Signer } from '../crypto/signing.ts'
import type { Caller, RequestContext } from '../request-context.ts'
import type { FeedScope } from './poller.ts'

const lifetimeMs = 5 * minuteMs

const purpose = 'feed ticket'

/** `EventSource` cannot send headers, so a short-lived ticket in the URL authenticates a browser for one feed. */
type Payload = [
  tenant?: string,
  client?: string,
  log?: string,
  expires?: number,
  callerExpiresAt?: number | null,
  keyId?: string | null,
]

export const createTickets = (signer: Signer, now: () => Date) => ({
  issue: ({ log }: FeedScope, { caller }: RequestContext) => {
    const expires = now().getTime() + lifetimeMs
    const { tenant, client, expiresAt = null, keyId = null } = caller
    const ticket = signer.sign(purpose, [tenant, client, log, expires, expiresAt, keyId])
    return { ticket, expiresAt: toTimestamp(expires) }
  },
  /**
   * Returns the caller that the ticket was issued to, restricted to one feed. Throws `unauthenticated`.
   * It does not check whether the caller's key, scope and grant are still valid.
   */
  redeem: (ticket: string): Caller => {
    const [tenant, client, log, expires, callerExpiresAt, keyId] = (signer.open(purpose, ticket) ?? []) as Payload
    if (tenant === undefined || client === undefined || !log || !expires || expires <= now().getTime()) {
      throw new Problem('unauthenticated', {
        detail: 'The ticket is invalid or has expired. Request a new one with POST /leads/feed/tickets.',
      })
    }
    // The feed must end when the credentials of the original caller expire.
    const expiry = typeof callerExpiresAt === 'number' ? { expiresAt: callerExpiresAt } : {}
    // The configuration has the other scopes and the grants of a key. Those of a JWT are unknown here.
    const credentials =
      typeof keyId === 'string'
        ? { keyId, scopes: new Set<Scope>(['leads:read', 'properties:read']) }
        : { isGrantChecked: true, scopes: new Set<Scope>(['leads:read']) }
    return { tenant, client, grants: noGrants, onlyFeed: log, ...credentials, ...expiry }
  },
})
