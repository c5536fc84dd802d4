import { LRUCache } from 'lru-cache'
import { bytesOf } from '#src/json/estimated-size.ts'
import { deepFreeze } from '#src/lib/deep-freeze.ts'
import type { Problem } from '#src/problems.ts'
import type { CacheOutcome } from '#src/upstream-observer.ts'
import { isOutage, wasAsked } from './outage.ts'
import type { Reading, Reason, Served } from './request-cache.ts'

/** Milliseconds. */
export interface Bounds {
  /** An answer younger than this is used. */
  readonly freshMs: number
  /** One no older than this stands in where none is to be had; 0: never. */
  readonly staleMs: number
  /** It is used though the client wants an answer of now. */
  readonly evenIfForced?: true
}

export interface AnswerLimits {
  answers: number
  bytes: number
}

/** The upstream answers of one tenant: what he reads pushes out nobody else's. */
export interface Answers {
  /** `what`: the operation, in words of ours; `which`: everything that changes its answer. */
  read<T>(what: string, which: string, bounds: Bounds, reading: Reading, ask: () => Promise<T>): Promise<Served<T>>
}

interface Answer {
  readonly value: unknown
  /** Counted from the question on: an answer may have been true then, and no longer when it arrives. */
  readonly askedAt: number
}

const defaultLimits: AnswerLimits = { answers: 10_000, bytes: 32 * 1024 * 1024 }

/** No bound is longer: what is older than this is of no use to anybody. */
const longestMs = 15 * 60_000

export const createAnswers = (
  now: () => number,
  limits = defaultLimits,
  observe: (what: string, outcome: CacheOutcome) => void = () => {},
): Answers => {
  // So that no more than are allowed fit in. A `max` would set the room for all of them aside at once, for every tenant.
  const leastBytes = Math.max(1, Math.floor(limits.bytes / limits.answers))
  const kept = new LRUCache<string, Answer>({
    maxSize: limits.bytes,
    sizeCalculation: ({ value }) => Math.max(leastBytes, bytesOf(value)),
    ttl: longestMs,
    perf: { now },
    ttlResolution: 0,
  })

  /** Questions on their way. Nobody's leaving ends one: others may wait for the same answer. */
  const asked = new Map<string, Promise<Answer>>()

  const answerTo = async (name: string, ask: () => Promise<unknown>): Promise<Answer> => {
    const askedAt = now()
    try {
      const answer = { value: deepFreeze(await ask()), askedAt }
      kept.set(name, answer)
      return answer
    } catch (error) {
      // An answer that denies what was asked for ends the one before.
      if (!isOutage(error)) kept.delete(name)
      throw error
    }
  }

  const ageOf = ({ askedAt }: Answer): number => now() - askedAt

  const served = <T>(answer: Answer, { freshMs }: Bounds, way: Served<T>['way']): Served<T> => ({
    value: answer.value as T,
    ageMs: ageOf(answer),
    freshMs,
    way,
  })

  /** Asks once, however many wait. */
  const fetched = async <T>(
    name: string,
    bounds: Bounds,
    reason: Reason,
    ask: () => Promise<T>,
  ): Promise<Served<T>> => {
    const before = asked.get(name)
    const question = before ?? answerTo(name, ask)
    if (!before) asked.set(name, question)
    try {
      const answer = await question
      const isCollapsed = before !== undefined
      return served(answer, bounds, { kind: 'miss', reason, isCollapsed, isStored: kept.peek(name) === answer })
    } finally {
      if (asked.get(name) === question) asked.delete(name)
    }
  }

  const standIn = <T>(name: string, bounds: Bounds, error: unknown): Served<T> => {
    const answer = kept.peek(name)
    if (!answer || !isOutage(error) || ageOf(answer) > bounds.staleMs) throw error
    return served(answer, bounds, { kind: 'stand-in', problem: error as Problem, wasAsked: wasAsked(error) })
  }

  return {
    read: async <T>(what: string, which: string, bounds: Bounds, reading: Reading, ask: () => Promise<T>) => {
      const name = `${what}\n${which}`
      const own = reading.fetched?.get(name)
      if (own) return { ...(own as Served<T>), freshMs: bounds.freshMs }
      const answer = kept.get(name)
      const isFresh = answer !== undefined && ageOf(answer) < bounds.freshMs
      const isForced = reading.isForced && !bounds.evenIfForced
      const isHit = isFresh && !isForced
      observe(what, isHit ? 'hit' : 'miss')
      if (isHit) return served<T>(answer, bounds, { kind: 'hit' })
      const reason = answer === undefined ? 'uri-miss' : isFresh ? 'request' : 'stale'
      try {
        const result = await fetched(name, bounds, reason, ask)
        reading.fetched ??= new Map()
        reading.fetched.set(name, result)
        return result
      } catch (error) {
        // Who insists on a fresh answer gets none that is not.
        if (isForced) throw error
        const result = standIn<T>(name, bounds, error)
        observe(what, 'stale')
        return result
      }
    },
  }
}
