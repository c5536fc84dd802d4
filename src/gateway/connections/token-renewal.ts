import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { notGranted } from '#src/access-control.ts'
import { Problem } from '#src/problems.ts'
import type { ValueStore } from '#src/store/store.ts'
import type { LionDeskOAuth } from '#src/upstreams/index.ts'
import { type Account, isUsable, needsReauthorization } from './account.ts'
import type { Held } from './record.ts'
import { createRefresh } from './refresh-token.ts'
import { orUnavailable } from './repository.ts'

/** Longer than a token call may take, so that nobody begins a second one beside it. */
const leaseMs = 10_000

/** Longer than a lease: who waits for a replica that died can go on himself. */
const patienceMs = 12_000

const pollEveryMs = 100

/** Renews the tokens of an account, once however many ask for it, in this process and across all replicas. */
export interface Renewal {
  /** With a usable token other than `refused`. Throws `reauthorization-required` where LionDesk gives none any more. */
  renew(account: Account, refused: string | null): Promise<Held>
  /** Until every token call on its way has ended, and what it brought is kept. */
  settle(): Promise<void>
}

export interface RenewalOptions {
  store: ValueStore
  oauthOf(account: Account): LionDeskOAuth
  now: () => Date
}

export const createRenewal = ({ store, oauthOf, now }: RenewalOptions): Renewal => {
  const { refresh } = createRefresh(oauthOf)
  const flights = new Map<string, Promise<Held>>()

  const usable = (held: Held | null, refused: string | null): Held | null => {
    if (held === null) return null
    if (held.record.status !== 'connected') throw needsReauthorization(held.id)
    return isUsable(held.record.secrets, refused, now().getTime()) ? held : null
  }

  const underLease = async (account: Account, refused: string | null): Promise<Held | null> => {
    const held = await begun(account)
    return held && (usable(held, refused) ?? refresh(account, held))
  }

  /** Null: another replica is at it, or has just been: look again. */
  const attempt = async (account: Account, refused: string | null): Promise<Held | null> => {
    const lease = `lease of ${account.key}`
    const holder = randomUUID()
    if (!(await orUnavailable(() => store.setIfAbsent(lease, holder, leaseMs)))) return null
    try {
      return await underLease(account, refused)
    } finally {
      // It runs out by itself where the store is lost.
      await store.deleteIfEqual(lease, holder).catch(() => {})
    }
  }

  const renewed = async (account: Account, refused: string | null): Promise<Held> => {
    const until = performance.now() + patienceMs
    for (;;) {
      const held = usable(await readPresent(account), refused) ?? (await attempt(account, refused))
      if (held) {
        account.view.note(held)
        return held
      }
      if (performance.now() > until) throw stillBusy()
      await delay(pollEveryMs)
    }
  }

  const once = (account: Account, refused: string | null): Promise<Held> => {
    const flight = flights.get(account.key) ?? renewed(account, refused).finally(() => flights.delete(account.key))
    flights.set(account.key, flight)
    return flight
  }

  return {
    renew: async (account, refused) => {
      const held = await once(account, refused)
      // Whoever joined others may get the very token that he was refused.
      return held.record.secrets?.accessToken === refused ? once(account, refused) : held
    },
    settle: async () => {
      await Promise.allSettled(flights.values())
    },
  }
}

/** Null: it is yet to begin. */
const readPresent = async ({ id, repository, view, seed }: Account): Promise<Held | null> => {
  const found = await repository.one(id)
  if (seed(found)) return null
  if (found) return found
  view.forget(id)
  throw notGranted('connections')
}

/** Only ever under the lease: a replica must not begin anew where another has already renewed. */
const begun = async ({ id, repository, seed }: Account): Promise<Held | null> => {
  const found = await repository.one(id)
  const first = seed(found)
  if (!first) return found
  return found ? repository.replace(found, first) : repository.put(id, first)
}

const stillBusy = () =>
  new Problem('upstream-unavailable', {
    detail: 'The LionDesk connection is being refreshed. Try again in a moment.',
    retryAfter: 2,
  })
