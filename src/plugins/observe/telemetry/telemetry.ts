import { collectDefaultMetrics, prometheusContentType, Registry } from '@prometheus-io/client'
import { lazy } from '#src/lib/lazy.ts'
import type { CacheObserver, UpstreamObserver } from '#src/upstream-observer.ts'
import { createMetrics } from './metrics.ts'
import { createTraceStorage, Trace } from './request-trace.ts'
import { createStateGauges, type GaugeState } from './state-gauges.ts'

interface TelemetryOptions {
  /** OTLP endpoint for spans; null disables them. */
  tracesUrl: string | null
  flushTimeoutMs?: number | undefined
}

/** Returns the metrics of the process, which all apps in it share. */
const getProcessRegistry = lazy(() => {
  const registry = new Registry()
  // The default of ten samples a second costs more than the requests that they measure.
  collectDefaultMetrics({ register: registry, eventLoopUtilizationTimeout: 2_000 })
  return registry
})

/** Creates the metrics, the traces, and the observer that the transport reports to. */
export const createTelemetry = async ({ tracesUrl, flushTimeoutMs }: TelemetryOptions) => {
  const registry = new Registry()
  const processRegistry = getProcessRegistry()
  const metrics = createMetrics(registry)
  const { mirror } = createStateGauges(registry)
  // OpenTelemetry is loaded only if it is needed.
  const tracing = tracesUrl === null ? null : (await import('./spans.ts')).createTracing(tracesUrl, flushTimeoutMs)
  const traces = createTraceStorage()

  const observer: UpstreamObserver = {
    begin: (call) => {
      const trace = traces.getCurrent()
      let attempts = 0
      trace?.startCall()
      return {
        onAttempt: (outcome, milliseconds) => {
          attempts += 1
          if (call.drawsBudget) trace?.recordDraw?.()
          metrics.recordAttempt(call, outcome, milliseconds, attempts === 1)
          tracing?.attempt(trace?.span ?? null, call, outcome, milliseconds, attempts)
        },
        onEnd: (outcome, milliseconds) => {
          metrics.recordCall(call, outcome)
          const { operation } = call
          trace?.endCall({ operation, outcome, milliseconds: Math.round(milliseconds), attempts })
        },
      }
    },
  }

  const cacheObserver: CacheObserver = metrics.recordLookup

  return {
    metrics,
    observer,
    cacheObserver,
    contentType: prometheusContentType,
    scrape: async (state: GaugeState): Promise<string> => {
      mirror(state)
      return `${await registry.metrics()}\n${await processRegistry.metrics()}`
    },
    beginTrace: (traceparent: unknown) => new Trace(tracing?.begin(traceparent) ?? null),
    runIn: traces.run,
    close: async (): Promise<void> => tracing?.close(),
  }
}

export type Telemetry = Awaited<ReturnType<typeof createTelemetry>>
