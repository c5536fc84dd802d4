import { Counter, Gauge, Histogram, type Registry } from '@prometheus-io/client'
import type { ProblemCode } from '#src/problems.ts'
import type { CacheOutcome, CallOutcome, UpstreamCall } from '#src/upstream-observer.ts'
import { rejectionReasons } from '../../admission/authentication/rejections.ts'
import { type RejectionPace, rejectionPaces } from '../../admission/load-shedding/delayed-rejections.ts'
import { type WorkClass, workClasses } from '../../admission/load-shedding/priority-classes.ts'

/** From a cached response to the maximum duration of a report. */
const bucketSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 25]

const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** Label of all non-standard methods, because clients could create any number of series. */
const otherMethod = '(other)'
export const unknownRoute = '(unknown)'

const limitNames = ['address', 'client', 'credentials', 'budget-share'] as const

const failureReasons = ['missing', 'invalid', 'several', ...rejectionReasons] as const
const connectionLimits = ['network', 'process'] as const

export type AuthenticationFailure = (typeof failureReasons)[number]

interface FinishedRequest {
  method: string
  /** The route's template, never the URL; undefined if no route matches. */
  route: string | undefined
  status: number
  milliseconds: number
  /** True for an event stream, whose duration says nothing about speed. */
  isLive: boolean
}

/** Creates the counters and histograms. Label values come only from the code or the configuration. */
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
  const rejections = counter('refusals_total', 'Requests rejected before processing, by kind of answer.', 'answer')
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
  const reloadState = new Gauge({
    name: 'foyer_config_last_reload_successful',
    help: 'Result of the last reload. 0: it was rejected, and the previous keys, scopes and grants still apply.',
    registers,
  })
  reloadState.set(1)
  const rejectedConnections = counter(
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

  // Prometheus cannot detect an increase in a series that begins with its first event.
  for (const limit of limitNames) limitedRequests.inc({ limit }, 0)
  for (const workClass of workClasses) shedRequests.inc({ class: workClass }, 0)
  for (const answer of rejectionPaces) rejections.inc({ answer }, 0)
  for (const limit of connectionLimits) rejectedConnections.inc({ limit }, 0)
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
    recordCall: ({ system, operation }: UpstreamCall, outcome: CallOutcome): void =>
      calls.inc({ system, operation, outcome }),
    recordAttempt: (call: UpstreamCall, outcome: CallOutcome, milliseconds: number, isFirst: boolean): void => {
      const { system, operation } = call
      attempts.inc({ system, operation, outcome })
      attemptDurations.observe({ system, class: call.class }, milliseconds / 1000)
      if (!isFirst) retries.inc({ system, operation })
    },
    recordLookup: (cache: string, outcome: CacheOutcome): void => lookups.inc({ cache, outcome }),
    recordRateLimited: (limit: (typeof limitNames)[number]): void => limitedRequests.inc({ limit }),
    recordShed: (workClass: WorkClass): void => shedRequests.inc({ class: workClass }),
    recordOmittedLine: (): void => droppedLines.inc({ reason: 'rate' }),
    /** Takes the total since the process started. */
    recordDroppedLines: (total: number): void => {
      droppedLines.inc({ reason: 'output' }, total - lostLines)
      lostLines = total
    },
    recordBackgroundFailure: (): void => backgroundFailures.inc(),
    recordRejection: (answer: RejectionPace): void => rejections.inc({ answer }),
    recordStoreFailure: (): void => storeFailures.inc(),
    recordKeyFetch: (result: 'ok' | 'failed'): void => {
      keyFetches.inc({ result })
      if (result === 'ok') keysFetchedAt.setToCurrentTime()
    },
    recordReload: (isSuccessful: boolean): void => reloadState.set(isSuccessful ? 1 : 0),
    recordRejectedConnection: (limit: (typeof connectionLimits)[number]): void => rejectedConnections.inc({ limit }),
    recordAuthFailure: (reason: AuthenticationFailure): void => failures.inc({ reason }),
  }
}

export type Metrics = ReturnType<typeof createMetrics>
