import type { Readable } from 'node:stream'
import underPressure from '@fastify/under-pressure'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { Problem } from '#src/problems.ts'
import { atOnce, atOnceSent } from '../at-once.ts'
import { isProbe } from '../probes.ts'
import { bearableLoad, classOf, type WorkClass } from './classes.ts'
import { calm, loadOf, type Pressure } from './pressure.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** How soon the operation is given up under load, where its method and scope do not say. */
    workClass?: WorkClass
  }
  interface FastifyInstance {
    /** Requests being worked on; streams that have begun are none. */
    inFlight(): number
  }
  interface FastifyRequest {
    /** Counts it no longer as in flight. */
    leave(): void
  }
}

export interface SheddingOptions {
  /** Requests in flight at most. */
  most?: number
  pressure?: () => Pressure
}

/** Seconds. */
export const comeBackAfter = 2

export const usualMost = 256

/** Refuses early what could not be done in time: first what costs most and can best be asked again. */
export default fp<SheddingOptions>(
  async (app, { most = usualMost, pressure }) => {
    const pressureNow = pressure ?? (await measuredPressure(app))
    const working = new Set<object>()
    app.decorate('inFlight', () => working.size)
    app.decorateRequest('leave', () => {})
    app.onEnd((request) => request.leave())

    app.addHook(
      'onRequest',
      atOnce((request) => {
        if (isProbe(request)) return
        const load = Math.max(working.size / most, loadOf(pressureNow()))
        const { method, route } = request
        const { config, schema } = route
        const workClass = classOf({ method, config, schema })
        if (load >= bearableLoad[workClass]) {
          app.metrics.shed(workClass)
          throw new Problem('overloaded', { retryAfter: comeBackAfter })
        }
        working.add(request)
        request.leave = () => working.delete(request)
      }),
    )

    app.addHook(
      'onSend',
      atOnceSent((request, _reply, payload) => {
        if (typeof (payload as Readable | null)?.pipe === 'function') request.leave()
        return payload
      }),
    )
  },
  { name: 'shedding', dependencies: ['telemetry'] },
)

const sampleInterval = 1000

/** The work of starting is no load: the first measurements are passed over. */
const settledAfter = 2 * sampleInterval

const measuredPressure = async (app: FastifyInstance): Promise<() => Pressure> => {
  await app.register(underPressure, { sampleInterval, eventLoopUtilizationMode: 'interval' })
  let settledAt = Number.POSITIVE_INFINITY
  app.addHook('onListen', async () => {
    settledAt = performance.now() + settledAfter
  })
  return () => (performance.now() < settledAt ? calm : app.memoryUsage())
}
