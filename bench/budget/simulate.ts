/** Replicas run the gateway's budget code on a simulated clock against an upstream that counts calls. */

import { type BudgetLedger, createLocalLedger } from '#src/upstreams/transport/budget-ledger.ts'
import { getCallLimit } from '#src/upstreams/transport/budget-shares.ts'
import { compose } from '#src/upstreams/transport/compose.ts'
import { createHourlyBudget } from '#src/upstreams/transport/hourly-budget.ts'
import { limits } from '#src/upstreams/transport/limits.ts'
import type { Send, UpstreamRequest } from '#src/upstreams/transport/types.ts'
import { createRandom, type Random } from './random.ts'
import type { Moment, Scenario } from './scenarios.ts'

export interface Settings {
  readonly replicas: number
  readonly cap: number
  readonly hours: number
  readonly stepMs: number
  readonly seed: number
}

export interface SimulationResult {
  /** In each UTC hour. */
  readonly calls: readonly number[]
  /** Interactive reads that were rejected although the hour had calls left. */
  readonly refusedEarly: number
  readonly wantedReads: number
  readonly isOver: boolean
}

const hourMs = 3_600_000
const start = Date.parse('2026-03-15T12:00:00Z')

/** The shared ledger as one replica sees it. */
const createLossyLedger = (ledger: BudgetLedger, isLost: () => boolean, isAnswerLost: () => boolean): BudgetLedger => {
  const through = async <T>(ask: () => Promise<T>): Promise<T> => {
    if (isLost()) throw new Error('out of reach')
    const answer = await ask()
    if (isAnswerLost()) throw new Error('no answer')
    return answer
  }
  return {
    draw: (...args) => through(() => ledger.draw(...args)),
    getDrawn: (...args) => through(() => ledger.getDrawn(...args)),
    get: (...args) => through(() => ledger.get(...args)),
    set: (...args) => through(() => ledger.set(...args)),
  }
}

/** Counts by its own clock, as the upstream does. */
const createUpstream = (now: () => number, hours: number) => {
  const calls = Array.from({ length: hours }, () => 0)
  const index = (): number => Math.floor((now() - start) / hourMs)
  const answer: Send = async () => {
    calls[index()] = (calls[index()] ?? 0) + 1
    return undefined as never
  }
  return { calls, answer, used: () => calls[index()] ?? 0 }
}

/** The fractional part is the probability of another call. */
const roundCalls = (wanted: number, random: Random): number =>
  Math.floor(wanted) + (random() < wanted - Math.floor(wanted) ? 1 : 0)

const signal = new AbortController().signal

export const simulate = async (scenario: Scenario, settings: Settings): Promise<SimulationResult> => {
  const { replicas, cap, hours, stepMs, seed } = settings
  const { demand = 1.5, share = () => 1, clockAhead = () => 0 } = scenario
  const random = createRandom(seed)
  let present = start
  const moment = (): Moment => ({ at: present - start, random })
  const common = createLocalLedger(() => present)
  const upstream = createUpstream(() => present, hours)
  const maxReplicas = scenario.isCountUnknown ? null : replicas
  const isAnswerLost = () => scenario.isAnswerLost?.(moment()) ?? false
  let refusedEarly = 0
  let wantedReads = 0

  const monotonic = () => present
  const close: (() => void)[] = []

  const begin = (replica: number, ahead: number): Send => {
    const isLost = () => scenario.isStoreLost?.(replica, replicas, moment()) ?? false
    const now = () => present + ahead
    const ledger = createLossyLedger(common, isLost, isAnswerLost)
    const budget = createHourlyBudget({ ledger, maxReplicas, now, monotonic, startedAt: present })
    close[replica]?.()
    close[replica] = budget.close
    return compose([budget.hourlyBudget], upstream.answer)
  }

  const aheads = Array.from({ length: replicas }, () => Math.round(clockAhead(random)))
  const running = aheads.map((ahead, replica) => begin(replica, ahead))

  const call = async (send: Send): Promise<void> => {
    const isReport = random() < 0.2
    if (!isReport) wantedReads += 1
    const quota = { apiKey: 'key', cap }
    const request = { ...blankRequest, limits: isReport ? limits.spacioReport : limits.spacioRead, quota }
    await send(request, signal).catch(() => {
      if (!isReport && upstream.used() < getCallLimit(cap, 'read')) refusedEarly += 1
    })
  }

  const step = async (replica: number): Promise<void> => {
    if (scenario.crashes?.(replica, moment())) running[replica] = begin(replica, aheads[replica] as number)
    const wanted = (demand * cap * stepMs * share(replica, replicas, moment())) / (hourMs * replicas)
    for (let left = roundCalls(wanted, random); left > 0; left -= 1) await call(running[replica] as Send)
  }

  for (; present < start + hours * hourMs; present += stepMs)
    await Promise.all(running.map((_, replica) => step(replica)))
  for (const closeOne of close) closeOne()
  return { calls: upstream.calls, refusedEarly, wantedReads, isOver: upstream.calls.some((count) => count > cap) }
}

const blankRequest: Omit<UpstreamRequest<null>, 'limits'> = {
  ...{ tenant: 't', system: 'spacio', operation: 'getProperty', method: 'POST', baseUrl: '', path: '', headers: {} },
  read: () => null,
}
