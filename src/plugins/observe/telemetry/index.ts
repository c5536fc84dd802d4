import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { isProbe } from '../../is-probe.ts'
import { type Metrics, unknownRoute } from './metrics.ts'
import { createMetricsServer } from './metrics-server.ts'
import type { Trace } from './request-trace.ts'
import { formatServerTiming } from './server-timing.ts'
import type { GaugeState } from './state-gauges.ts'
import type { Telemetry } from './telemetry.ts'

/** Requests that are being processed, and requests that wait for that. */
type Load = Pick<GaugeState, 'inFlight' | 'waiting'>

type EndListener = (request: FastifyRequest, reply: FastifyReply) => void

declare module 'fastify' {
  interface FastifyInstance {
    metrics: Metrics
    /** Null if the metrics are served on a separate port. */
    scrape: { readonly contentType: string; text(): Promise<string> } | null
    /** Returns the separate port, after the app is ready, or 0 without one. */
    getMetricsPort(): number
    /** Has the metrics read the load of the process from `read`. */
    observeLoad(read: () => Load): void
  }
  interface FastifyInstance {
    /**
     * Calls the listener once for each request, when it is answered or its client disconnects. Fastify does not call
     * `onResponse` for a disconnected client.
     */
    onEnd(listener: EndListener): void
  }
  interface FastifyRequest {
    /** The trace of the request. Undefined if no hook has run. */
    trace?: Trace
  }
}

interface TelemetryPluginOptions {
  telemetry: Telemetry
  tenants: () => GaugeState['tenants']
  /** Number of log lines that standard output did not accept. */
  droppedLogLines: () => number
  host: string
  /** Null: the metrics are served on the gateway's own port. */
  port: number | null
}

/** Records metrics and traces for every request. It must be registered before the plugins that may reject a request. */
export default fp<TelemetryPluginOptions>(
  async (app, { telemetry, tenants, droppedLogLines, host, port }) => {
    const { metrics, contentType } = telemetry
    let readLoad = (): Load => ({ inFlight: 0, waiting: 0 })
    const renderMetrics = () => {
      metrics.recordDroppedLines(droppedLogLines())
      return telemetry.scrape({
        tenants: tenants(),
        listeners: app.gateway.feed.countListeners(),
        isStoreUp: app.isStoreUp(),
        ...readLoad(),
      })
    }
    const server =
      port === null ? null : createMetricsServer({ contentType, text: renderMetrics, onError: app.reportFailure })
    const listeners: EndListener[] = []
    app.decorate('metrics', metrics)
    app.decorate('scrape', server ? null : { contentType, text: renderMetrics })
    app.decorate('getMetricsPort', () => server?.port() ?? 0)
    app.decorateRequest('trace')
    app.decorate('observeLoad', (read: () => Load) => {
      readLoad = read
    })

    // A socket event calls this function, so an exception would end the process.
    const notify = (listener: EndListener, request: FastifyRequest, reply: FastifyReply): void => {
      try {
        listener(request, reply)
      } catch (error) {
        app.reportFailure(error)
      }
    }

    app.decorate('onEnd', (listener: EndListener) => {
      listeners.push(listener)
    })

    app.addHook('onRequest', (request, reply, done) => {
      const trace = telemetry.beginTrace(request.headers.traceparent)
      request.trace = trace
      const end = (isClientGone: boolean) => {
        if (trace.isOver) return
        trace.isClientGone = isClientGone
        trace.isOver = true
        for (const listener of listeners) notify(listener, request, reply)
      }
      reply.raw.on('finish', () => end(false)).on('close', () => end(true))
      done()
    })
    app.addHook('preHandler', (request, _reply, done) => {
      if (request.trace) telemetry.runIn(request.trace, done)
      else done()
    })
    app.addHook('onSend', (request, reply, payload, done) => {
      const timing = formatServerTiming(request, reply)
      if (timing) reply.header('server-timing', timing)
      done(null, payload)
    })
    app.onEnd((request, reply) => recordRequest(metrics, request, reply))
    if (server && port !== null) app.addHook('onReady', () => server.listen(host, port))
    app.addHook('onClose', async () => {
      await server?.close()
      await telemetry.close()
    })
  },
  { name: 'telemetry', dependencies: ['request-state'] },
)

/** 499, as in nginx, if the client disconnected before the response. */
export const getResponseStatus = ({ statusCode, raw }: FastifyReply): number => (raw.headersSent ? statusCode : 499)

const recordRequest = (metrics: Metrics, request: FastifyRequest, reply: FastifyReply): void => {
  const { method, trace, caller } = request
  const route = request.route.url
  const status = getResponseStatus(reply)
  const isLive = String(reply.getHeader('content-type')).startsWith('text/event-stream')
  metrics.recordRequest({ method, route, status, milliseconds: reply.elapsedTime, isLive })
  if (trace?.code) metrics.recordProblem(trace.code)
  // Health checks would fill the traces.
  if (isProbe(request)) return
  const tenant = caller?.tenant ?? null
  trace?.span?.end({ method, route: route ?? unknownRoute, status, tenant, code: trace.code })
}
