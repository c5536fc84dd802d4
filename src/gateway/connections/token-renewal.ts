import { setTimeout as delay } from 'node:timers/promises'
import { createGrantProblem } from '#src/access-control.ts'
import { createSingleFlight } from '#src/lib/single-flight.ts'
import { Problem } from '#src/problems.ts'
import type { ValueStore } from '#src/store/store.ts'
import type { LionDeskOAuth } from '#src/upstreams/index.ts'
import { createLease } from '../lease.ts'
import { mapStoreErrors } from '../store-errors.ts'
import { type Account, createReauthorization, isUsable } from './account.ts'
import type { StoredConnection } from './record.ts'
import { createTokenRefresher } from './refresh-token.ts'

/** Longer than a token call can take, so that two processes never exchange the same refresh token. */
const leaseMs = 10_000

/** Longer than the lease, so that a replica can take over from one that crashed. */
const maxWaitMs = 12_000

const pollIntervalMs = 100

/** Renews tokens. Concurrent renewals of an account share one token call, across all replicas. */
export interface TokenRenewal {
  /** Returns a connection with a usable token other than `rejectedToken`. Throws `reauthorization-required`. */
  renew(account: Account, rejectedToken: string | null): Promise<StoredConnection>
  /** Resolves when all pending token calls have ended and their tokens are stored. */
  settle(): Promise<void>
}

interface TokenRenewalOptions {
  store: ValueStore
  getOAuth(account: Account): LionDeskOAuth
  now: () => Date
}

export const createTokenRenewal = ({ store, getOAuth, now }: TokenRenewalOptions): TokenRenewal => {
  const refreshTokens = createTokenRefresher(getOAuth)
  const flights = createSingleFlight<StoredConnection>()

  const getUsable = (connection: StoredConnection | null, rejectedToken: string | null): StoredConnection | null => {
    if (connection === null) return null
    if (connection.record.status !== 'connected') throw createReauthorization(connection.id)
    return isUsable(connection.record.secrets, rejectedToken, now().getTime()) ? connection : null
  }

  const renewUnderLease = async (account: Account, rejectedToken: string | null): Promise<StoredConnection | null> => {
    const connection = await readOrSeed(account)
    return connection && (getUsable(connection, rejectedToken) ?? refreshTokens(account, connection))
  }

  /** Returns null if another replica holds the lease or has just changed the record. */
  const tryRenew = async (account: Account, rejectedToken: string | null): Promise<StoredConnection | null> => {
    const lease = createLease(store, `lease of ${account.key}`, leaseMs)
    if (!(await mapStoreErrors(lease.take))) return null
    try {
      return await renewUnderLease(account, rejectedToken)
    } finally {
      await lease.release()
    }
  }

  const renewWithRetry = async (account: Account, rejectedToken: string | null): Promise<StoredConnection> => {
    const until = performance.now() + maxWaitMs
    for (;;) {
      const connection =
        getUsable(await readCurrent(account), rejectedToken) ?? (await tryRenew(account, rejectedToken))
      if (connection) {
        account.view.set(connection)
        return connection
      }
      if (performance.now() > until) throw createBusyProblem()
      await delay(pollIntervalMs)
    }
  }

  const renewOnce = (account: Account, rejectedToken: string | null): Promise<StoredConnection> =>
    flights.run(() => renewWithRetry(account, rejectedToken), account.key)

  return {
    renew: async (account, rejectedToken) => {
      const connection = await renewOnce(account, rejectedToken)
      // A shared renewal may return the very token that LionDesk rejected for this caller, or, after a reload, a token
      // of the account that was configured before.
      const isOther =
        connection.record.secrets?.accessToken === rejectedToken || account.createSeed(connection) !== null
      return isOther ? renewOnce(account, rejectedToken) : connection
    },
    settle: flights.settle,
  }
}

/** Returns null if the account must be seeded from the configuration. */
const readCurrent = async ({ id, repository, view, createSeed }: Account): Promise<StoredConnection | null> => {
  const found = await repository.find(id)
  if (createSeed(found)) return null
  if (found) return found
  view.delete(id)
  throw createGrantProblem('connections')
}

/** Callers must hold the lease, so that a seed never overwrites tokens that another replica has renewed. */
const readOrSeed = async ({ id, repository, createSeed }: Account): Promise<StoredConnection | null> => {
  const found = await repository.find(id)
  const first = createSeed(found)
  if (!first) return found
  return found ? repository.replace(found, first) : repository.put(id, first)
}

const createBusyProblem = () =>
  new Problem('upstream-unavailable', {
    detail: 'The LionDesk connection is being refreshed. Try again in a moment.',
    retryAfter: 2,
  })
