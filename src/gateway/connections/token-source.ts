import { LRUCache } from 'lru-cache'
import { limitEntries } from '#src/lib/lru-options.ts'
import type { TokenSource } from '#src/upstreams/index.ts'
import { type Account, createReauthorization, isUsable } from './account.ts'
import type { Secrets, StoredConnection } from './repository.ts'
import type { TokenRenewal } from './token-renewal.ts'

/** The pause after a rejected or failed renewal, which protects LionDesk from a call for each request. */
const cooldownMs = 30_000

/** A configured access token that is never renewed. */
export const createStaticTokenSource = (accessToken: string): TokenSource => ({
  getCurrent: async () => accessToken,
  renew: async () => null,
})

export const createTokenSources = (renewal: TokenRenewal, now: () => Date) => {
  const getTimeMs = () => now().getTime()
  const cooldownEnds = new LRUCache<string, number>(limitEntries(10_000))

  const isCoolingDown = (reason: string, { key }: Account): boolean =>
    (cooldownEnds.get(`${reason} ${key}`) ?? 0) > getTimeMs()
  const startCooldown = (reason: string, { key }: Account): void => {
    cooldownEnds.set(`${reason} ${key}`, getTimeMs() + cooldownMs)
  }

  /** Renews in the background, because the current token is still valid. */
  const renewAhead = (account: Account): void => {
    if (isCoolingDown('failed', account)) return
    renewal.renew(account, null).catch(() => startCooldown('failed', account))
  }

  const renew = async (account: Account, rejectedToken: string | null): Promise<string> =>
    requireAccessToken(await renewal.renew(account, rejectedToken))

  /** Reads the store if the cached record is not connected, because the user may have reconnected since. */
  const getSecrets = async (account: Account): Promise<Secrets | null> => {
    const connection = account.cache.peek(account.id)
    if (account.createSeed(connection ?? null)) return null
    if (connection?.record.status === 'connected') return connection.record.secrets
    const current = (await account.cache.readCurrent()).get(account.id)
    if (current?.record.status !== 'connected') throw createReauthorization(account.id)
    return current.record.secrets
  }

  return (account: Account): TokenSource => ({
    getCurrent: async () => {
      const secrets = await getSecrets(account)
      if (!secrets || secrets.accessToken === null || hasExpired(secrets, getTimeMs())) return renew(account, null)
      if (!isUsable(secrets, null, getTimeMs())) renewAhead(account)
      return secrets.accessToken
    },
    renew: async (rejectedToken) => {
      if (isCoolingDown('rejected', account)) return null
      const secrets = account.cache.peek(account.id)?.record.secrets ?? null
      if (secrets && isUsable(secrets, rejectedToken, getTimeMs())) return secrets.accessToken
      return renew(account, rejectedToken)
    },
    onSecondRejection: () => startCooldown('rejected', account),
  })
}

const hasExpired = ({ expiresAt }: Secrets, time: number): boolean => expiresAt !== null && expiresAt <= time

const requireAccessToken = ({ record }: StoredConnection): string => {
  const accessToken = record.secrets?.accessToken
  if (!accessToken) throw new TypeError('a renewal brought no token')
  return accessToken
}
