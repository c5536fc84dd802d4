import { LRUCache } from 'lru-cache'
import { notGranted } from '#src/access-control.ts'
import { Problem } from '#src/problems.ts'
import type { IssuedTokens, LionDeskOAuth } from '#src/upstreams/index.ts'
import { type Account, mergedSecrets, needsReauthorization } from './account.ts'
import type { Held, Secrets } from './record.ts'
import { patiently } from './repository.ts'

/** Hands in a refresh token, and keeps what comes for it. To be done by one at a time. */
export interface Refresh {
  /** Null: meanwhile the record became another: look again. Throws `reauthorization-required`, once nothing else helps. */
  refresh(account: Account, held: Held): Promise<Held | null>
}

export const createRefresh = (oauthOf: (account: Account) => LionDeskOAuth): Refresh => {
  /** What LionDesk gave for a refresh token but the store did not take: without it the connection would be lost. */
  const unsaved = new LRUCache<string, IssuedTokens>({ max: 1_000 })

  const issuedFor = async (account: Account, { refreshToken, redirectUri }: Secrets): Promise<IssuedTokens | null> => {
    if (refreshToken === null) return null
    const application = account.application()
    if (!application) throw new Problem('upstream-credentials', { detail: 'No LionDesk application is configured.' })
    return unsaved.get(refreshToken) ?? oauthOf(account).refresh(application, { refreshToken, redirectUri })
  }

  return {
    refresh: async (account, held) => {
      const secrets = held.record.secrets
      const issued = secrets && (await issuedFor(account, secrets))
      const used = secrets?.refreshToken ?? null
      if (!issued || used === null) return giveUp(account, held)
      unsaved.set(used, issued)
      // Kept before it is used: a process that dies after this has lost nothing.
      const kept = await patiently(() => keep(account, used, issued, held))
      unsaved.delete(used)
      return kept
    },
  }
}

const refreshTokenOf = ({ record }: Held): string | null => record.secrets?.refreshToken ?? null

/** A rotated refresh token never takes the place of one that it was not given for. */
const keep = async (account: Account, used: string, issued: IssuedTokens, held: Held): Promise<Held | null> => {
  const secrets = mergedSecrets(held.record.secrets, issued)
  const kept = await account.repository.replace(held, { ...held.record, status: 'connected', secrets })
  if (kept) return kept
  const found = await account.repository.one(account.id)
  if (!found) throw notGranted('connections')
  return refreshTokenOf(found) === used ? keep(account, used, issued, found) : null
}

/** LionDesk takes the refresh token no more. Another replica may have handed it in just before, and got a new one. */
const giveUp = async (account: Account, held: Held): Promise<null> => {
  const found = await account.repository.one(account.id)
  if (!found) throw notGranted('connections')
  if (refreshTokenOf(found) !== refreshTokenOf(held)) return null
  const dead = await account.repository.replace(found, { ...found.record, status: 'reauthorization-required' })
  if (!dead) return null
  account.view.note(dead)
  throw needsReauthorization(account.id)
}
