import { LRUCache } from 'lru-cache'
import type { TokenSource } from '#src/upstreams/index.ts'
import { type Account, isUsable, needsReauthorization } from './account.ts'
import type { Held, Secrets } from './record.ts'
import type { Renewal } from './token-renewal.ts'

/** After a refused or failed renewal the next one waits, so that a LionDesk in trouble is not asked at every request. */
const restMs = 30_000

/** A token that the operator configured for good. */
export const lasting = (accessToken: string): TokenSource => ({
  current: async () => accessToken,
  renewed: async () => null,
})

/** Token sources of accounts whose tokens are renewed. */
export const createTokenSources = (renewal: Renewal, now: () => Date) => {
  const time = () => now().getTime()
  const resting = new LRUCache<string, number>({ maxSize: 10_000, sizeCalculation: () => 1 })

  const isResting = (reason: string, { key }: Account): boolean => (resting.get(`${reason} ${key}`) ?? 0) > time()
  const rest = (reason: string, { key }: Account): void => {
    resting.set(`${reason} ${key}`, time() + restMs)
  }

  /** The token at hand is good for a while yet: nobody waits for the next one. */
  const renewAhead = (account: Account): void => {
    if (isResting('failed', account)) return
    renewal.renew(account, null).catch(() => rest('failed', account))
  }

  const renew = async (account: Account, refused: string | null): Promise<string> =>
    accessTokenOf(await renewal.renew(account, refused))

  /** The one at hand may be an old picture of a connection that was made anew since. */
  const connected = async (account: Account): Promise<Secrets | null> => {
    const held = account.view.seen(account.id)
    if (account.seed(held ?? null)) return null
    if (held?.record.status === 'connected') return held.record.secrets
    const present = (await account.view.present()).get(account.id)
    if (present?.record.status !== 'connected') throw needsReauthorization(account.id)
    return present.record.secrets
  }

  return (account: Account): TokenSource => ({
    current: async () => {
      const secrets = await connected(account)
      if (!secrets || secrets.accessToken === null || hasExpired(secrets, time())) return renew(account, null)
      if (!isUsable(secrets, null, time())) renewAhead(account)
      return secrets.accessToken
    },
    renewed: async (refused) => {
      if (isResting('refused', account)) return null
      const secrets = account.view.seen(account.id)?.record.secrets ?? null
      if (secrets && isUsable(secrets, refused, time())) return secrets.accessToken
      return renew(account, refused)
    },
    refusedAgain: () => rest('refused', account),
  })
}

const hasExpired = ({ expiresAt }: Secrets, time: number): boolean => expiresAt !== null && expiresAt <= time

const accessTokenOf = ({ record }: Held): string => {
  const accessToken = record.secrets?.accessToken
  if (!accessToken) throw new TypeError('a renewal brought no token')
  return accessToken
}
