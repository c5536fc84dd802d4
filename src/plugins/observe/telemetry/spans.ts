/** The only importer of OpenTelemetry; loaded only if traces are enabled. It registers nothing globally. */
import { type Context, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { withTimeout } from '#src/lib/timeout.ts'
import { parseTraceparent } from './traceparent.ts'
import type { RequestFacts, RequestSpan, Tracing } from './tracing-types.ts'

/** Maximum time to flush spans at shutdown, if the collector is slow or unavailable. */
const defaultFlushTimeoutMs = 2_000

const exportTimeoutMs = 5_000

interface OpenSpan extends RequestSpan {
  readonly context: Context
}

export const createTracing = (endpoint: string, flushTimeoutMs = defaultFlushTimeoutMs): Tracing => {
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'foyer' }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, timeoutMillis: exportTimeoutMs }),
        exportTimeoutMillis: exportTimeoutMs,
      }),
    ],
  })
  const tracer = provider.getTracer('foyer')

  return {
    begin: (traceparent): OpenSpan => {
      const span = tracer.startSpan('request', { kind: SpanKind.SERVER }, toContext(traceparent))
      return {
        traceId: span.spanContext().traceId,
        context: trace.setSpan(ROOT_CONTEXT, span),
        end: (facts) => endServerSpan(span, facts),
      }
    },
    attempt: (parent, { system, operation, tenant }, outcome, milliseconds, ordinal) => {
      const now = Date.now()
      const attributes = {
        'foyer.tenant': tenant,
        'foyer.upstream.system': system,
        'foyer.upstream.operation': operation,
        'foyer.upstream.outcome': outcome,
        'foyer.upstream.attempt': ordinal,
      }
      const options = { kind: SpanKind.CLIENT, startTime: now - milliseconds, attributes }
      const span = tracer.startSpan(
        `${system} ${operation}`,
        options,
        (parent as OpenSpan | null)?.context ?? ROOT_CONTEXT,
      )
      if (outcome !== 'ok') span.setStatus({ code: SpanStatusCode.ERROR, message: outcome })
      span.end(now)
    },
    close: async () => {
      await withTimeout(provider.shutdown(), flushTimeoutMs, () => new Error('the collector is slow')).catch(() => {})
    },
  }
}

const toContext = (traceparent: unknown): Context => {
  const parent = parseTraceparent(traceparent)
  if (!parent) return ROOT_CONTEXT
  // The sampling flag of the client is ignored: the operator decides which requests are traced.
  return trace.setSpanContext(ROOT_CONTEXT, { ...parent, traceFlags: TraceFlags.SAMPLED, isRemote: true })
}

const endServerSpan = (span: Span, { method, route, status, tenant, code }: RequestFacts): void => {
  span.updateName(`${method} ${route}`)
  span.setAttributes({
    'http.request.method': method,
    'http.route': route,
    'http.response.status_code': status,
    ...(tenant !== null && { 'foyer.tenant': tenant }),
    ...(code !== null && { 'error.type': code }),
  })
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
  span.end()
}
