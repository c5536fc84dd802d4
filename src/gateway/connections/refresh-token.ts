import { LRUCache } from 'lru-cache'
import { createGrantProblem } from '#src/access-control.ts'
import { Problem } from '#src/problems.ts'
import type { IssuedTokens, LionDeskOAuth } from '#src/upstreams/index.ts'
import { type Account, createReauthorization, mergeSecrets } from './account.ts'
import type { Secrets, StoredConnection } from './record.ts'
import { retryStore } from './repository.ts'

/** Hands in a refresh token, and keeps what comes for it. To be done by one at a time. */
export interface TokenRefresher {
  /** Null: meanwhile the record became another: look again. Throws `reauthorization-required`, once nothing else helps. */
  refresh(account: Account, connection: StoredConnection): Promise<StoredConnection | null>
}

export const createTokenRefresher = (getOAuth: (account: Account) => LionDeskOAuth): TokenRefresher => {
  /** What LionDesk gave for a refresh token but the store did not take: without it the connection would be lost. */
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

  return {
    refresh: async (account, connection) => {
      const secrets = connection.record.secrets
      const issued = secrets && (await requestTokens(account, secrets))
      const usedToken = secrets?.refreshToken ?? null
      if (!issued || usedToken === null) return markReauthorization(account, connection)
      unsavedTokens.set(usedToken, issued)
      // Kept before it is used: a process that dies after this has lost nothing.
      const saved = await retryStore(() => saveTokens(account, usedToken, issued, connection))
      unsavedTokens.delete(usedToken)
      return saved
    },
  }
}

const getRefreshToken = ({ record }: StoredConnection): string | null => record.secrets?.refreshToken ?? null

/** A rotated refresh token never takes the place of one that it was not given for. */
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

/** LionDesk takes the refresh token no more. Another replica may have handed it in just before, and got a new one. */
const markReauthorization = async (account: Account, connection: StoredConnection): Promise<null> => {
  const found = await account.repository.find(account.id)
  if (!found) throw createGrantProblem('connections')
  if (getRefreshToken(found) !== getRefreshToken(connection)) return null
  const update = await account.repository.replace(found, { ...found.record, status: 'reauthorization-required' })
  if (!update) return null
  account.view.note(update)
  throw createReauthorization(account.id)
}
