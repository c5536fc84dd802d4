import { Counter, Gauge, Histogram, type Registry } from '@prometheus-io/client'
import type { ProblemCode } from '#src/problems.ts'
import type { CacheOutcome, CallOutcome, UpstreamCall } from '#src/upstream-observer.ts'
import { rejectionReasons } from '../../admission/authentication/rejections.ts'
import { type RefusalPace, refusalPaces } from '../../admission/load-shedding/delayed-rejections.ts'
import { type WorkClass, workClasses } from '../../admission/load-shedding/priority-classes.ts'

/** From a reply out of memory to the longest total of a report. */
const bucketSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 25]

const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** Whatever a client makes up is one series. */
export const otherMethod = '(other)'
export const unknownRoute = '(unknown)'

const limitNames = ['address', 'client', 'credentials', 'budget-share'] as const

const failureReasons = ['missing', 'invalid', 'several', ...rejectionReasons] as const
const connectionLimits = ['network', 'process'] as const

export type AuthenticationFailure = (typeof failureReasons)[number]

export interface FinishedRequest {
  method: string
  /** The template, never the URL; undefined: there is no such route. */
  route: string | undefined
  status: number
  milliseconds: number
  /** It lasts for as long as somebody listens: no measure of speed. */
  isLive: boolean
}

/** Counts what happens, as it happens. Labels are words of ours or of the operator's. */
export const createMetrics = (registry: Registry) => {
  const registers = [registry]
  const counter = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Counter({ name: `foyer_${name}`, help, labelNames, registers })
  const histogram = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Histogram({ name: `foyer_${name}`, help, labelNames, registers, buckets: bucketSeconds })

  const requests = counter('http_requests_total', 'Requests that the gateway answered.', 'method', 'route', 'status')
  const durations = histogram('http_request_duration_seconds', 'Time until a request is answered.', 'method', 'route')
  const problems = counter('http_problems_total', 'Problem documents sent, by code.', 'code')
  const calls = counter(
    'upstream_calls_total',
    'Upstream calls; retries count as part of a call.',
    'system',
    'operation',
    'outcome',
  )
  const attempts = counter(
    'upstream_attempts_total',
    'Attempts sent to an upstream, including retries.',
    'system',
    'operation',
    'outcome',
  )
  const attemptDurations = histogram('upstream_attempt_duration_seconds', 'Duration of an attempt.', 'system', 'class')
  const retries = counter('upstream_retries_total', 'Retries: attempts after the first one.', 'system', 'operation')
  const lookups = counter(
    'cache_lookups_total',
    'Cache lookups, by outcome. stale: a stale entry was served.',
    'cache',
    'outcome',
  )
  const limitedRequests = counter(
    'rate_limited_total',
    'Requests rejected because of a limit, by kind of limit.',
    'limit',
  )
  const shedRequests = counter('shed_total', 'Requests rejected because of load.', 'class')
  const refusals = counter('refusals_total', 'Requests rejected before processing, by kind of answer.', 'answer')
  const failures = counter(
    'authentication_failures_total',
    'Requests rejected because authentication failed.',
    'reason',
  )
  const storeFailures = counter('store_failures_total', 'Failed operations on the gateway’s store.')
  const keyFetches = counter('token_key_fetches_total', 'Requests for the token signing keys.', 'result')
  const keysFetchedAt = new Gauge({
    name: 'foyer_token_keys_fetched_timestamp_seconds',
    help: 'Time of the last successful fetch of the token signing keys; 0: never.',
    registers,
  })
  const refusedConnections = counter(
    'connections_refused_total',
    'Connections refused because of a limit, by kind of limit.',
    'limit',
  )

  const backgroundFailures = counter(
    'background_failures_total',
    'Failed background tasks. Each one is a bug in Foyer.',
  )

  const droppedLines = counter(
    'log_lines_dropped_total',
    'Dropped log lines. output: standard output was full, blocked or closed; rate: too many rejected requests.',
    'reason',
  )
  let lostLines = 0

  // A series that begins with its first event hides it: there is nothing that it grew from.
  for (const limit of limitNames) limitedRequests.inc({ limit }, 0)
  for (const workClass of workClasses) shedRequests.inc({ class: workClass }, 0)
  for (const answer of refusalPaces) refusals.inc({ answer }, 0)
  for (const limit of connectionLimits) refusedConnections.inc({ limit }, 0)
  for (const reason of failureReasons) failures.inc({ reason }, 0)
  for (const result of ['ok', 'failed'] as const) keyFetches.inc({ result }, 0)
  for (const reason of ['output', 'rate'] as const) droppedLines.inc({ reason }, 0)

  return {
    recordRequest: ({ method, route = unknownRoute, status, milliseconds, isLive }: FinishedRequest): void => {
      const labels = { method: knownMethods.has(method) ? method : otherMethod, route }
      requests.inc({ ...labels, status })
      if (!isLive) durations.observe(labels, milliseconds / 1000)
    },
    recordProblem: (code: ProblemCode): void => problems.inc({ code }),
    call: ({ system, operation }: UpstreamCall, outcome: CallOutcome): void =>
      calls.inc({ system, operation, outcome }),
    recordAttempt: (recordCall: UpstreamCall, outcome: CallOutcome, milliseconds: number, isFirst: boolean): void => {
      const { system, operation } = recordCall
      attempts.inc({ system, operation, outcome })
      attemptDurations.observe({ system, class: recordCall.class }, milliseconds / 1000)
      if (!isFirst) retries.inc({ system, operation })
    },
    recordLookup: (cache: string, outcome: CacheOutcome): void => lookups.inc({ cache, outcome }),
    recordRateLimited: (limit: (typeof limitNames)[number]): void => limitedRequests.inc({ limit }),
    shed: (workClass: WorkClass): void => shedRequests.inc({ class: workClass }),
    recordOmittedLine: (): void => droppedLines.inc({ reason: 'rate' }),
    /** Takes the number since the process started. */
    recordDroppedLines: (total: number): void => {
      droppedLines.inc({ reason: 'output' }, total - lostLines)
      lostLines = total
    },
    recordBackgroundFailure: (): void => backgroundFailures.inc(),
    recordRefusal: (answer: RefusalPace): void => refusals.inc({ answer }),
    recordStoreFailure: (): void => storeFailures.inc(),
    recordKeyFetch: (result: 'ok' | 'failed'): void => {
      keyFetches.inc({ result })
      if (result === 'ok') keysFetchedAt.setToCurrentTime()
    },
    recordRefusedConnection: (limit: (typeof connectionLimits)[number]): void => refusedConnections.inc({ limit }),
    recordAuthFailure: (reason: AuthenticationFailure): void => failures.inc({ reason }),
  }
}

export type Metrics = ReturnType<typeof createMetrics>
