import { runInBackground } from '#src/lib/background.ts'
import type { Store } from '#src/store/store.ts'
import type { FeedScope, Poller } from './poller.ts'

/** The polling process holds a lease and renews it often, so that another process soon replaces one that crashed. */
const leaseMs = 15_000

export const renewIntervalMs = 5_000

const getLeaseName = (log: string): string => `poller ${log}`

/** Decides which process of a store polls the feed of a scope. `owner` identifies this process. */
export const createPollLeader = (store: Store, poller: Poller, owner: string) => {
  const renew = ({ log }: FeedScope): Promise<boolean> => store.extendIfEqual(getLeaseName(log), owner, leaseMs)

  return {
    /** Takes or renews the lease. False: another process holds it. */
    isLeader: async (scope: FeedScope): Promise<boolean> =>
      (await renew(scope)) || (await store.setIfAbsent(getLeaseName(scope.log), owner, leaseMs)),

    /** Polls, and renews the lease during the poll, so that no other process starts one. */
    poll: async (scope: FeedScope): Promise<void> => {
      const renewInBackground = () =>
        runInBackground(
          () => renew(scope),
          // If a renewal fails, the lease expires and the next round detects it.
          () => {},
        )
      const renewal = setInterval(renewInBackground, renewIntervalMs)
      try {
        await poller.poll(scope)
      } finally {
        clearInterval(renewal)
      }
    },

    resign: async ({ log }: FeedScope): Promise<void> => {
      await store.deleteIfEqual(getLeaseName(log), owner).catch(() => {})
    },
  }
}
