import { type EventSourceMessage, EventSourceParserStream } from 'eventsource-parser/stream'
import { daysAgo, type FeedOptions, wait, withoutPosition } from './feed.ts'
import type { Client } from './foyer.ts'
import { readLeadFeed } from './generated/sdk.gen.ts'
import type { Lead, Problem } from './generated/types.gen.ts'
import { FoyerProblem } from './problem.ts'

export interface ListenOptions extends Omit<FeedOptions, 'pause'> {
  /** Milliseconds before the first new attempt after a failure. The time doubles with each failure, up to 30 seconds. */
  pause?: number
  /** Receives each failure after which listening continues: a `FoyerProblem` or a network error. */
  onError?: (error: unknown) => void
}

export interface LiveLead {
  lead: Lead
  /** Store it with the result of processing the lead, and continue there: `query: { …, after: cursor }`. */
  cursor: string
  /** The previous cursor had expired: older leads may be missing, and known leads come again. Match them by `id`. */
  isRestart: boolean
}

/**
 * Yields each new lead once, from a live stream. It reconnects after network errors, restarts of the gateway and temporary
 * problems, and continues after the last lead. It throws a `FoyerProblem` if the gateway refuses the feed.
 */
export async function* listenToFeed(options: ListenOptions): AsyncGenerator<LiveLead, void> {
  const { client, lookBackDays = 7, pause = 1_000, signal, onError = () => {} } = options
  let { query } = options
  let isRestart = false
  const backOff = createBackOff(pause)
  while (!signal?.aborted) {
    try {
      // Without a position, leads that arrive between two connections would be lost.
      if (query.after === undefined && query.from === undefined) {
        const { cursor } = await readLeadFeed({ client, query, signal: signal ?? null })
        query = { ...query, after: cursor }
      }
      for await (const { event, id, data } of readEvents({ client, query, signal, backOff })) {
        if (event === 'problem') reportProblem(JSON.parse(data) as Problem, onError)
        if (event !== 'lead' || id === undefined) continue
        const lead = JSON.parse(data) as Lead
        query = { ...withoutPosition(query), after: id }
        yield { lead, cursor: id, isRestart }
        isRestart = false
      }
    } catch (error) {
      if (signal?.aborted) return
      if (!isTemporary(error)) throw error
      onError(error)
      if (isExpired(error)) query = { ...withoutPosition(query), from: daysAgo(lookBackDays) }
      isRestart ||= isExpired(error)
      if (error instanceof FoyerProblem && error.retryAfter !== undefined) backOff.setPause(error.retryAfter * 1_000)
    }
    await wait(backOff.next(), signal)
  }
}

/** The gateway sends at least a comment every 15 seconds. */
const maxSilenceMs = 60_000

interface Connection extends Pick<ListenOptions, 'client' | 'query'> {
  signal: AbortSignal | undefined
  backOff: BackOff
}

async function* readEvents({ client, query, signal, backOff }: Connection): AsyncGenerator<EventSourceMessage, void> {
  const connection = new AbortController()
  const close = () => connection.abort(signal?.reason)
  signal?.addEventListener('abort', close)
  const silence = createTimeout(maxSilenceMs, () => connection.abort(new Error('The live feed has been silent.')))
  const onComment = () => {
    backOff.reset()
    silence.extend()
  }
  try {
    silence.start()
    const events = (await openStream(client, query, connection.signal))
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new EventSourceParserStream({ onComment, onRetry: backOff.setPause }))
      .getReader()
    while (true) {
      silence.start()
      const { done, value } = await events.read()
      // The time in which the caller processes a lead does not count.
      silence.stop()
      if (done) return
      if (value.event === 'lead') backOff.reset()
      yield value
    }
  } finally {
    silence.stop()
    signal?.removeEventListener('abort', close)
    close()
  }
}

const openStream = async (client: Client, query: ListenOptions['query'], signal: AbortSignal) => {
  const format = { headers: { Accept: 'text/event-stream' }, parseAs: 'stream', responseStyle: 'fields' } as const
  const reply: unknown = await readLeadFeed({ client, query, signal, ...format })
  const { data, response } = reply as { data: ReadableStream<Uint8Array<ArrayBuffer>>; response: Response }
  if (response.headers.get('content-type')?.startsWith('text/event-stream')) return data
  throw new Error(`HTTP ${response.status}, and no event stream`)
}

interface BackOff {
  reset(): void
  /** Sets the milliseconds before the next attempt, which the gateway demands. */
  setPause(ms: number): void
  next(): number
}

const maxPauseMs = 30_000

/** Spreads attempts at random, because many clients lose their connections in the same moment. */
const createBackOff = (pauseMs: number): BackOff => {
  let failures = 0
  let demandedMs: number | undefined
  return {
    reset: () => {
      failures = 0
    },
    setPause: (ms) => {
      demandedMs = ms
    },
    next: () => {
      const ms = demandedMs ?? Math.min(maxPauseMs, pauseMs * 2 ** failures) * (0.5 + Math.random() / 2)
      failures += 1
      demandedMs = undefined
      return ms
    },
  }
}

const createTimeout = (ms: number, onTimeout: () => void) => {
  let timer: ReturnType<typeof setTimeout> | undefined
  const stop = () => {
    clearTimeout(timer)
    timer = undefined
  }
  const start = () => {
    stop()
    timer = setTimeout(onTimeout, ms)
  }
  return { start, stop, extend: () => timer !== undefined && start() }
}

const reportProblem = (document: Problem, onError: (error: unknown) => void): void => {
  const problem = new FoyerProblem(document)
  if (isExpired(problem)) throw problem
  onError(problem)
}

const isExpired = (error: unknown): boolean => error instanceof FoyerProblem && error.code === 'cursor-expired'

/** An error without a status is a network error. */
const isTemporary = (error: unknown): boolean => {
  if (error instanceof FoyerProblem) return error.retryable || isExpired(error)
  const { status } = error as { status?: number }
  return status === undefined || status === 429 || status >= 500
}
