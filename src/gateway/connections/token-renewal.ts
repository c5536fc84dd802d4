import { setTimeout as delay } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import { createGrantProblem } from '#src/access-control.ts'
import { createSingleFlight } from '#src/lib/single-flight.ts'
import { Problem } from '#src/problems.ts'
import type { ValueStore } from '#src/store/store.ts'
import type { IssuedTokens, LionDeskOAuth } from '#src/upstreams/index.ts'
import { createLease } from '../lease.ts'
import { mapStoreErrors } from '../store-errors.ts'
import { type Account, createReauthorization, isUsable, mergeSecrets } from './account.ts'
import { retryStore, type Secrets, type StoredConnection } from './repository.ts'

/** Longer than a token call can take, so that two processes never exchange the same refresh token. */
const leaseMs = 10_000

/** Longer than the lease, so that a replica can take over from one that crashed. */
const maxWaitMs = 12_000

const pollIntervalMs = 100

interface TokenRenewalOptions {
  store: ValueStore
  getOAuth(account: Account): LionDeskOAuth
  now: () => Date
}

/** Renews tokens. Concurrent renewals of an account share one token call, across all replicas. */
export const createTokenRenewal = ({ store, getOAuth, now }: TokenRenewalOptions) => {
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
        account.cache.set(connection)
        return connection
      }
      if (performance.now() > until) throw createBusyProblem()
      await delay(pollIntervalMs)
    }
  }

  const renewOnce = (account: Account, rejectedToken: string | null): Promise<StoredConnection> =>
    flights.run(() => renewWithRetry(account, rejectedToken), account.key)

  return {
    /** Returns a connection with a usable token other than `rejectedToken`. Throws `reauthorization-required`. */
    renew: async (account: Account, rejectedToken: string | null): Promise<StoredConnection> => {
      const connection = await renewOnce(account, rejectedToken)
      // A shared renewal may return the very token that LionDesk rejected for this caller, or, after a reload, a token
      // of the account that was configured before.
      const isOther =
        connection.record.secrets?.accessToken === rejectedToken || account.createSeed(connection) !== null
      return isOther ? renewOnce(account, rejectedToken) : connection
    },
    /** Resolves when all pending token calls have ended and their tokens are stored. */
    settle: flights.settle,
  }
}

export type TokenRenewal = ReturnType<typeof createTokenRenewal>

/** Returns null if the account must be seeded from the configuration. */
const readCurrent = async ({ id, repository, cache, createSeed }: Account): Promise<StoredConnection | null> => {
  const found = await repository.find(id)
  if (createSeed(found)) return null
  if (found) return found
  cache.delete(id)
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

/**
 * Creates the function that exchanges a refresh token and stores the new tokens. Callers must hold the lease of the
 * account. It returns null if the record has changed in the meantime; the caller must read it again. It throws
 * `reauthorization-required` if LionDesk rejects the refresh token.
 */
const createTokenRefresher = (getOAuth: (account: Account) => LionDeskOAuth) => {
  /** Tokens that LionDesk issued but the store did not accept. Without them, the connection would be lost. */
  const unsavedTokens = new LRUCache<string, IssuedTokens>({ max: 1_000 })

  const requestTokens = async (
    account: Account,
    { refreshToken, redirectUri }: Secrets,
  ): Promise<IssuedTokens | null> => {
    if (refreshToken === null) return null
    const application = account.getApplication()
    if (!application) throw new Problem('upstream-credentials', { detail: 'No LionDesk application is configured.' })
    return (
      unsavedTokens.get(refreshToken) ?? getOAuth(account).refreshTokens(application, { refreshToken, redirectUri })
    )
  }

  return async (account: Account, connection: StoredConnection): Promise<StoredConnection | null> => {
    const secrets = connection.record.secrets
    const issued = secrets && (await requestTokens(account, secrets))
    const usedToken = secrets?.refreshToken ?? null
    if (!issued || usedToken === null) return markReauthorization(account, connection)
    unsavedTokens.set(usedToken, issued)
    // Stored before first use, so that a crash loses no token.
    const saved = await retryStore(() => saveTokens(account, usedToken, issued, connection))
    unsavedTokens.delete(usedToken)
    return saved
  }
}

const getRefreshToken = ({ record }: StoredConnection): string | null => record.secrets?.refreshToken ?? null

/** Replaces the record only if it still has the refresh token that was exchanged. */
const saveTokens = async (
  account: Account,
  usedToken: string,
  issued: IssuedTokens,
  connection: StoredConnection,
): Promise<StoredConnection | null> => {
  const secrets = mergeSecrets(connection.record.secrets, issued)
  const saved = await account.repository.replace(connection, { ...connection.record, status: 'connected', secrets })
  if (saved) return saved
  const found = await account.repository.find(account.id)
  if (!found) throw createGrantProblem('connections')
  return getRefreshToken(found) === usedToken ? saveTokens(account, usedToken, issued, found) : null
}

/** Another replica may have exchanged the refresh token shortly before. Its new token must not be overwritten. */
const markReauthorization = async (account: Account, connection: StoredConnection): Promise<null> => {
  const found = await account.repository.find(account.id)
  if (!found) throw createGrantProblem('connections')
  if (getRefreshToken(found) !== getRefreshToken(connection)) return null
  const update = await account.repository.replace(found, { ...found.record, status: 'reauthorization-required' })
  if (!update) return null
  account.cache.set(update)
  throw createReauthorization(account.id)
}
