import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { createGrantProblem } from '#src/access-control.ts'
import { Problem } from '#src/problems.ts'
import type { ValueStore } from '#src/store/store.ts'
import type { LionDeskOAuth } from '#src/upstreams/index.ts'
import { type Account, createReauthorization, isUsable } from './account.ts'
import type { StoredConnection } from './record.ts'
import { createTokenRefresher } from './refresh-token.ts'
import { mapStoreErrors } from './repository.ts'

/** Longer than a token call may take, so that nobody begins a second one beside it. */
const leaseMs = 10_000

/** Longer than a lease: who waits for a replica that died can go on himself. */
const maxWaitMs = 12_000

const pollIntervalMs = 100

/** Renews the tokens of an account, once however many ask for it, in this process and across all replicas. */
export interface TokenRenewal {
  /** With a usable token other than `refused`. Throws `reauthorization-required` where LionDesk gives none any more. */
  renew(account: Account, rejectedToken: string | null): Promise<StoredConnection>
  /** Until every token call on its way has ended, and what it brought is kept. */
  settle(): Promise<void>
}

export interface TokenRenewalOptions {
  store: ValueStore
  getOAuth(account: Account): LionDeskOAuth
  now: () => Date
}

export const createTokenRenewal = ({ store, getOAuth, now }: TokenRenewalOptions): TokenRenewal => {
  const { refresh } = createTokenRefresher(getOAuth)
  const flights = new Map<string, Promise<StoredConnection>>()

  const getUsable = (connection: StoredConnection | null, rejectedToken: string | null): StoredConnection | null => {
    if (connection === null) return null
    if (connection.record.status !== 'connected') throw createReauthorization(connection.id)
    return isUsable(connection.record.secrets, rejectedToken, now().getTime()) ? connection : null
  }

  const renewUnderLease = async (account: Account, rejectedToken: string | null): Promise<StoredConnection | null> => {
    const connection = await readOrSeed(account)
    return connection && (getUsable(connection, rejectedToken) ?? refresh(account, connection))
  }

  /** Null: another replica is at it, or has just been: look again. */
  const tryRenew = async (account: Account, rejectedToken: string | null): Promise<StoredConnection | null> => {
    const lease = `lease of ${account.key}`
    const leaseOwner = randomUUID()
    if (!(await mapStoreErrors(() => store.setIfAbsent(lease, leaseOwner, leaseMs)))) return null
    try {
      return await renewUnderLease(account, rejectedToken)
    } finally {
      // It runs out by itself where the store is lost.
      await store.deleteIfEqual(lease, leaseOwner).catch(() => {})
    }
  }

  const renewWithRetry = async (account: Account, rejectedToken: string | null): Promise<StoredConnection> => {
    const until = performance.now() + maxWaitMs
    for (;;) {
      const connection =
        getUsable(await readCurrent(account), rejectedToken) ?? (await tryRenew(account, rejectedToken))
      if (connection) {
        account.view.note(connection)
        return connection
      }
      if (performance.now() > until) throw createBusyProblem()
      await delay(pollIntervalMs)
    }
  }

  const renewOnce = (account: Account, rejectedToken: string | null): Promise<StoredConnection> => {
    const flight =
      flights.get(account.key) ?? renewWithRetry(account, rejectedToken).finally(() => flights.delete(account.key))
    flights.set(account.key, flight)
    return flight
  }

  return {
    renew: async (account, rejectedToken) => {
      const connection = await renewOnce(account, rejectedToken)
      // Whoever joined others may get the very token that he was refused.
      return connection.record.secrets?.accessToken === rejectedToken ? renewOnce(account, rejectedToken) : connection
    },
    settle: async () => {
      await Promise.allSettled(flights.values())
    },
  }
}

/** Null: it is yet to begin. */
const readCurrent = async ({ id, repository, view, createSeed }: Account): Promise<StoredConnection | null> => {
  const found = await repository.find(id)
  if (createSeed(found)) return null
  if (found) return found
  view.forget(id)
  throw createGrantProblem('connections')
}

/** Only ever under the lease: a replica must not begin anew where another has already renewed. */
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
