import { LRUCache } from 'lru-cache'
import type { Static } from 'typebox'
import type { AccessToken } from '#schemas/agent.ts'
import { runInBackground } from '#src/lib/background.ts'
import { isProblem, Problem } from '#src/problems.ts'
import type { Priority } from '../transport/types.ts'

export type Credentials = Static<typeof AccessToken>

export interface AccessTokens {
  /** The agent's credentials, from memory or from Spacio; one call however many wait for it. */
  of(email: string): Promise<Credentials>
  /**
   * Runs `use` with the agent's token. A refusal of the token renews it once and repeats; a second refusal counts,
   * and is remembered for a minute under `purpose`.
   */
  using<T>(email: string, purpose: string, use: (accessToken: string) => Promise<T>): Promise<T>
}

const minute = 60_000

/** Spacio does not say how long a token lives; a refusal renews it before then. */
const tokenTtl = 60 * minute

/** A token that is in use is renewed before nobody may use it any more, so that nobody has to wait. */
const renewalAge = 50 * minute

const refusalTtl = minute

/** Each counts one. A `max` would set the room for all of them aside at once, for every tenant. */
const atMost5000 = { maxSize: 5_000, sizeCalculation: () => 1 }

export const createAccessTokens = (
  fetchToken: (email: string, priority?: Priority) => Promise<Credentials>,
  now: () => number,
  isTokenRefusal: (error: unknown) => boolean,
): AccessTokens => {
  const clock = { perf: { now }, ttlResolution: 0 }
  const tokens = new LRUCache<string, Credentials>({
    ...atMost5000,
    ttl: tokenTtl,
    ...clock,
    // One caller's leaving must not fail the others who wait for the same token.
    ignoreFetchAbort: true,
    fetchMethod: (email) => fetchToken(email),
  })
  const renewals = new LRUCache<string, true>({ ...atMost5000, ttl: minute, ...clock })
  const refusals = new LRUCache<string, Problem>({ ...atMost5000, ttl: refusalTtl, ...clock })

  const remember = (key: string, error: unknown): void => {
    if (isProblem(error)) refusals.set(key, error)
  }

  const throwRemembered = (key: string): void => {
    const refusal = refusals.get(key)
    if (refusal) throw new Problem(refusal.code, refusal.fields)
  }

  /** The first to be given up when calls run short: nobody waits for it. Tried once a minute. */
  const renewAhead = async (email: string, aging: Credentials): Promise<void> => {
    if (renewals.has(email)) return
    renewals.set(email, true)
    const renewed = await fetchToken(email, 'report')
    if (tokens.peek(email) === aging) tokens.set(email, renewed)
  }

  const of = async (email: string): Promise<Credentials> => {
    throwRemembered(`unknown ${email}`)
    try {
      const credentials = await tokens.fetch(email)
      if (!credentials) throw new Problem('internal')
      if (tokens.getRemainingTTL(email) <= tokenTtl - renewalAge)
        runInBackground(
          () => renewAhead(email, credentials),
          // The aging token is still good, and whoever needs a new one is told what is wrong.
          () => {},
        )
      return credentials
    } catch (error) {
      if (isProblem(error) && error.code === 'unknown-agent') remember(`unknown ${email}`, error)
      throw error
    }
  }

  /** Compare and delete: of many readers with one dead token only the first removes it. */
  const renew = (email: string, dead: Credentials): Promise<Credentials> => {
    if (tokens.peek(email) === dead) tokens.delete(email)
    return of(email)
  }

  return {
    of,
    using: async (email, purpose, use) => {
      const key = `refused ${email} ${purpose}`
      throwRemembered(key)
      const credentials = await of(email)
      try {
        return await use(credentials.accessToken)
      } catch (error) {
        if (!isTokenRefusal(error)) throw error
      }
      const renewed = await renew(email, credentials)
      try {
        return await use(renewed.accessToken)
      } catch (error) {
        if (isTokenRefusal(error)) remember(key, error)
        throw error
      }
    },
  }
}
