import { LRUCache } from 'lru-cache'
import { createGrantProblem } from '#src/access-control.ts'
import { Problem } from '#src/problems.ts'
import type { IssuedTokens, LionDeskOAuth } from '#src/upstreams/index.ts'
import { type Account, createReauthorization, mergeSecrets } from './account.ts'
import type { Secrets, StoredConnection } from './record.ts'
import { retryStore } from './repository.ts'

/**
 * Creates the function that exchanges a refresh token and stores the new tokens. Callers must hold the lease of the
 * account. It returns null if the record has changed in the meantime; the caller must read it again. It throws
 * `reauthorization-required` if LionDesk rejects the refresh token.
 */
export const createTokenRefresher = (getOAuth: (account: Account) => LionDeskOAuth) => {
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
  account.view.set(update)
  throw createReauthorization(account.id)
}
