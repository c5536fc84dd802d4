import { runInBackground } from '#src/lib/background.ts'
import type { Store } from '#src/store/store.ts'
import { createLease } from '../lease.ts'
import type { FeedScope, Poller } from './poller.ts'

/** The polling process holds a lease and renews it often, so that another process soon replaces one that crashed. */
const leaseMs = 15_000

export const renewIntervalMs = 5_000

/** Decides which process of a store polls the feed of a scope. `owner` identifies this process. */
export const createPollLeader = (store: Store, poller: Poller, owner: string) => {
  const getLease = ({ log }: FeedScope) => createLease(store, `poller ${log}`, leaseMs, owner)

  return {
    /** Takes or renews the lease. False: another process holds it. */
    isLeader: async (scope: FeedScope): Promise<boolean> => {
      const lease = getLease(scope)
      return (await lease.renew()) || (await lease.take())
    },

    /** Polls, and renews the lease during the poll, so that no other process starts one. */
    poll: async (scope: FeedScope): Promise<void> => {
      const { renew } = getLease(scope)
      // If a renewal fails, the lease expires and the next round detects it.
      const renewal = setInterval(() => runInBackground(renew, () => {}), renewIntervalMs)
      try {
        await poller.poll(scope)
      } finally {
        clearInterval(renewal)
      }
    },

    resign: (scope: FeedScope): Promise<void> => getLease(scope).release(),
  }
}
