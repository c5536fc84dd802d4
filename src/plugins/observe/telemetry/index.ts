import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { isProbe } from '../../health-routes.ts'
import { type Metrics, unknownRoute } from './metrics.ts'
import { createMetricsServer } from './metrics-server.ts'
import type { Trace } from './request-trace.ts'
import { formatServerTiming } from './server-timing.ts'
import type { GaugeState } from './state-gauges.ts'
import type { Telemetry } from './telemetry.ts'

/** Requests that are being processed, and requests that wait for that. */
type Load = Pick<GaugeState, 'inFlight' | 'waiting'>

export type EndListener = (request: FastifyRequest, reply: FastifyReply) => void

declare module 'fastify' {
  interface FastifyInstance {
    metrics: Metrics
    /** Null: metrics are served on a port of their own, and nowhere else. */
    scrape: { readonly contentType: string; text(): Promise<string> } | null
    /** Where that is, once the app is ready; 0: nowhere. */
    getMetricsPort(): number
    /** Has the metrics read the load of the process from `read`. */
    observeLoad(read: () => Load): void
  }
  interface FastifyInstance {
    /**
     * Has each request told once, when it is answered or its client has left; of the latter the framework's own
     * `onResponse` is not called.
     */
    onEnd(listener: EndListener): void
  }
  interface FastifyRequest {
    /** What will be told of it. Undefined where no hook has seen it. */
    trace?: Trace
  }
}

export interface TelemetryPluginOptions {
  telemetry: Telemetry
  tenants: () => GaugeState['tenants']
  /** Lines that standard output did not take. */
  droppedLogLines: () => number
  host: string
  /** Null: metrics are served with everything else. */
  port: number | null
}

/** Follows every request from its first hook to its last. To be registered before what may refuse one. */
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

    // Called from an event of the socket: an exception here would end the process.
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
      reply.raw.once('finish', () => end(false)).once('close', () => end(true))
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

/** 499 where the client left before there was an answer, as others call it too. */
export const getResponseStatus = ({ statusCode, raw }: FastifyReply): number => (raw.headersSent ? statusCode : 499)

const recordRequest = (metrics: Metrics, request: FastifyRequest, reply: FastifyReply): void => {
  const { method, trace, caller } = request
  const route = request.route.url
  const status = getResponseStatus(reply)
  const isLive = String(reply.getHeader('content-type')).startsWith('text/event-stream')
  metrics.recordRequest({ method, route, status, milliseconds: reply.elapsedTime, isLive })
  if (trace?.code) metrics.recordProblem(trace.code)
  // Asked every few seconds, and of no interest.
  if (isProbe(request)) return
  const tenant = caller?.tenant ?? null
  trace?.span?.end({ method, route: route ?? unknownRoute, status, tenant, code: trace.code })
}
