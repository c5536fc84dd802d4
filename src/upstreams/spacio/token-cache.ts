import { LRUCache } from 'lru-cache'
import type { Static } from 'typebox'
import type { AccessToken } from '#schemas/agent.ts'
import { runInBackground } from '#src/lib/background.ts'
import { expireAfter, limitEntries } from '#src/lib/lru-options.ts'
import { hourMs, minuteMs } from '#src/lib/units.ts'
import { isProblem, Problem } from '#src/problems.ts'
import type { Priority } from '../transport/types.ts'

export type Credentials = Static<typeof AccessToken>

/** Spacio does not document the lifetime of tokens. A rejection renews a token earlier. */
const tokenTtlMs = hourMs

/** Tokens in use are renewed before they expire from the cache, so that no request has to wait. */
const renewalAgeMs = 50 * minuteMs

const rejectionTtlMs = minuteMs

const maxEntries = 5_000

export const createTokenCache = (
  fetchToken: (email: string, priority?: Priority) => Promise<Credentials>,
  now: () => number,
  isTokenRejection: (error: unknown) => boolean,
) => {
  const createOptions = (ttlMs: number) => ({ ...limitEntries(maxEntries), ...expireAfter(ttlMs, now) })
  const tokens = new LRUCache<string, Credentials>({
    ...createOptions(tokenTtlMs),
    // A client disconnect must not fail others that wait for the same token.
    ignoreFetchAbort: true,
    fetchMethod: (email) => fetchToken(email),
  })
  const renewals = new LRUCache<string, true>(createOptions(minuteMs))
  const rejections = new LRUCache<string, Problem>(createOptions(rejectionTtlMs))

  const cacheRejection = (key: string, error: unknown): void => {
    if (isProblem(error)) rejections.set(key, error)
  }

  const throwCachedRejection = (key: string): void => {
    const rejection = rejections.get(key)
    if (rejection) throw new Problem(rejection.code, rejection.fields)
  }

  /** Uses a low priority because no request waits for it. At most one attempt per minute. */
  const refreshAhead = async (email: string, agingCredentials: Credentials): Promise<void> => {
    if (renewals.has(email)) return
    renewals.set(email, true)
    const newCredentials = await fetchToken(email, 'report')
    if (tokens.peek(email) === agingCredentials) tokens.set(email, newCredentials)
  }

  /** Returns the agent's credentials from the cache or from Spacio. Concurrent callers share one call. */
  const getCredentials = async (email: string): Promise<Credentials> => {
    throwCachedRejection(`unknown ${email}`)
    try {
      const credentials = await tokens.fetch(email)
      if (!credentials) throw new Problem('internal')
      if (tokens.getRemainingTTL(email) <= tokenTtlMs - renewalAgeMs)
        runInBackground(
          () => refreshAhead(email, credentials),
          // The current token is still valid. A later foreground renewal reports the error.
          () => {},
        )
      return credentials
    } catch (error) {
      if (isProblem(error) && error.code === 'unknown-agent') cacheRejection(`unknown ${email}`, error)
      throw error
    }
  }

  /** Compare-and-delete: of several concurrent readers with a rejected token, only the first removes it. */
  const renew = (email: string, rejectedCredentials: Credentials): Promise<Credentials> => {
    if (tokens.peek(email) === rejectedCredentials) tokens.delete(email)
    return getCredentials(email)
  }

  return {
    getCredentials,
    /**
     * Runs `use` with the agent's token. If Spacio rejects the token, it renews the token and repeats once.
     * A second rejection is thrown, and cached for a minute under `purpose`.
     */
    withToken: async <T>(email: string, purpose: string, use: (accessToken: string) => Promise<T>): Promise<T> => {
      const key = `rejected ${email} ${purpose}`
      throwCachedRejection(key)
      const credentials = await getCredentials(email)
      try {
        return await use(credentials.accessToken)
      } catch (error) {
        if (!isTokenRejection(error)) throw error
      }
      const newCredentials = await renew(email, credentials)
      try {
        return await use(newCredentials.accessToken)
      } catch (error) {
        if (isTokenRejection(error)) cacheRejection(key, error)
        throw error
      }
    },
  }
}
