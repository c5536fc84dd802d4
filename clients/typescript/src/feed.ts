import type { Client } from './foyer.ts'
import { readLeadFeed } from './generated/sdk.gen.ts'
import type { LeadFeed, ReadLeadFeedData } from './generated/types.gen.ts'
import { FoyerProblem } from './problem.ts'

export interface FeedOptions {
  client: Client
  /** The source of the leads. `after`: the cursor to continue from. `from`: the day to begin at. Default: now. */
  query: NonNullable<ReadLeadFeedData['query']>
  /** Milliseconds between two polls. */
  pause?: number
  /** The look-back of the gateway in days. Reading starts again this far back after the cursor has expired. */
  lookBackDays?: number
  /** Ends the reading. */
  signal?: AbortSignal
}

export interface FeedPage extends LeadFeed {
  /** The previous cursor had expired: older leads may be missing, and known leads come again. Match them by `id`. */
  isRestart: boolean
}

/**
 * Yields new leads, page by page, and polls forever. Store the cursor of each page together with the result of
 * processing its leads.
 */
export async function* readFeed(options: FeedOptions): AsyncGenerator<FeedPage, void> {
  const { client, pause = 10_000, lookBackDays = 7, signal } = options
  let { query } = options
  let isRestart = false
  while (!signal?.aborted) {
    const answer = await readLeadFeed({ client, query, signal: signal ?? null }).catch((error: unknown) => error)
    if (signal?.aborted) return
    if (isPage(answer)) {
      if (answer.data.length > 0 || answer.cursor !== query.after) yield { ...answer, isRestart }
      isRestart = false
      query = { ...withoutPosition(query), after: answer.cursor }
      if (answer.data.length < (query.limit ?? 50)) await wait(pause, signal)
    } else if (answer instanceof FoyerProblem && answer.code === 'cursor-expired') {
      isRestart = true
      query = { ...withoutPosition(query), from: daysAgo(lookBackDays) }
    } else if (answer instanceof FoyerProblem && answer.retryable) {
      await wait(answer.retryAfter === undefined ? pause : answer.retryAfter * 1_000, signal)
    } else throw answer
  }
}

const isPage = (answer: unknown): answer is LeadFeed =>
  typeof answer === 'object' && answer !== null && 'cursor' in answer

export const withoutPosition = ({ after: _, from: __, ...query }: FeedOptions['query']): FeedOptions['query'] => query

export const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10)

export const wait = (milliseconds: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const done = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, milliseconds)
    signal?.addEventListener('abort', done)
  })
