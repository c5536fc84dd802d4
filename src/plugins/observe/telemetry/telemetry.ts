import type { CacheObserver, UpstreamObserver } from '#src/upstream-observer.ts'
import { createMetrics } from './metrics.ts'
import { createExposition } from './prometheus.ts'
import { createTrace, createTraceStorage } from './request-trace.ts'
import { createStateGauges, type GaugeState } from './state-gauges.ts'
import { loadTracing } from './tracing.ts'

export interface TelemetryOptions {
  /** OTLP endpoint for spans; null disables them. */
  tracesUrl: string | null
  flushTimeoutMs?: number | undefined
}

/** Creates the metrics, the traces, and the observer that the transport reports to. */
export const createTelemetry = async ({ tracesUrl, flushTimeoutMs }: TelemetryOptions) => {
  const exposition = createExposition()
  const metrics = createMetrics(exposition.registry)
  const { mirror } = createStateGauges(exposition.registry)
  const tracing = await loadTracing(tracesUrl, flushTimeoutMs)
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
          metrics.call(call, outcome)
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
    contentType: exposition.contentType,
    scrape: (state: GaugeState): Promise<string> => {
      mirror(state)
      return exposition.renderMetrics()
    },
    beginTrace: (traceparent: unknown) => createTrace(tracing?.begin(traceparent) ?? null),
    runIn: traces.run,
    close: async (): Promise<void> => tracing?.close(),
  }
}

export type Telemetry = Awaited<ReturnType<typeof createTelemetry>>
