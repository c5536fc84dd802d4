import type { CacheObserver, UpstreamObserver } from '#src/upstream-observer.ts'
import { createMetrics } from './metrics.ts'
import { createExposition } from './prometheus.ts'
import { createTrace, createTraceStorage } from './request-trace.ts'
import { createStateMetrics, type State } from './state-gauges.ts'
import { openTracing } from './tracing.ts'

export interface TelemetryOptions {
  /** Where spans are sent; null: nowhere. */
  tracesUrl: string | null
}

/** Figures, traces, and the ear that others speak into. */
export const createTelemetry = async ({ tracesUrl }: TelemetryOptions) => {
  const exposition = createExposition()
  const metrics = createMetrics(exposition.registry)
  const { mirror } = createStateMetrics(exposition.registry)
  const tracing = await openTracing(tracesUrl)
  const traces = createTraceStorage()

  const observer: UpstreamObserver = {
    begin: (call) => {
      const trace = traces.present()
      let attempts = 0
      trace?.callBegins()
      return {
        attempted: (outcome, milliseconds) => {
          attempts += 1
          if (call.isDrawn) trace?.countDraw?.()
          metrics.attempt(call, outcome, milliseconds, attempts === 1)
          tracing?.attempt(trace?.span ?? null, call, outcome, milliseconds, attempts)
        },
        ended: (outcome, milliseconds) => {
          metrics.call(call, outcome)
          const { operation } = call
          trace?.callEnds({ operation, outcome, milliseconds: Math.round(milliseconds), attempts })
        },
      }
    },
  }

  const cacheObserver: CacheObserver = metrics.lookup

  return {
    metrics,
    observer,
    cacheObserver,
    contentType: exposition.contentType,
    scrape: (state: State): Promise<string> => {
      mirror(state)
      return exposition.text()
    },
    beginTrace: (traceparent: unknown) => createTrace(tracing?.begin(traceparent) ?? null),
    runIn: traces.run,
    close: async (): Promise<void> => tracing?.close(),
  }
}

export type Telemetry = Awaited<ReturnType<typeof createTelemetry>>
