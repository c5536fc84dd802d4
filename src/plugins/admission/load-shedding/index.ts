import type { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { Problem } from '#src/problems.ts'
import { isProbe } from '../../health-routes.ts'
import { syncOnSend } from '../../sync-hook.ts'
import { toClientNetwork } from '../rate-limit/client-network.ts'
import { createDelayedRefusals } from './delayed-rejections.ts'
import { createFairQueue } from './fair-queue.ts'
import { getWorkClass, type WorkClass } from './priority-classes.ts'
import { createShares, type Payer } from './tenant-fairness.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** How soon the operation is refused under load, where its method and scope do not say. */
    workClass?: WorkClass
    /** False: the requests that it makes to the gateway itself take places, and it takes none. */
    takesPlace?: boolean
  }
  interface FastifyInstance {
    /** Requests that hold a place; streams that have begun hold none. */
    getInFlightCount(): number
    /** Requests that wait for a place. */
    getWaitingCount(): number
    /** Calls `send` now, or late where the client is refused all the time; or closes the connection. */
    sendRejection(request: FastifyRequest, reply: FastifyReply, send: () => void): void
  }
  interface FastifyRequest {
    /** Gives back the place of the request. */
    releasePlace(): void
  }
}

export interface SheddingOptions {
  /** Requests in flight at a time. */
  places?: number
  /** Requests that may wait for a place. */
  maxWaiting?: number
  /** Refusals a second that a client, or a network of strangers, receives without a delay. */
  promptRefusals?: number
  /** Milliseconds of a monotonic clock. Tests slow it down, so that a busy machine rejects no request. */
  now?: () => number
}

/** Seconds. */
const retryAfterSeconds = 2

const maxDelayedRefusals = 512

const sweepIntervalMs = 100

/** The same for all: a stack for each would cost as much as the rest of the refusal. */
const overloadedProblem = new Problem('overloaded', { retryAfter: retryAfterSeconds })

/**
 * Lets requests start in a fair order, and refuses those that wait for too long. A request takes a place once its body has
 * been read, and gives it back when its reply has been sent.
 */
export default fp<SheddingOptions>(
  async (app, { places: total = 256, maxWaiting = 1_024, promptRefusals = 50, now = () => performance.now() }) => {
    const places = createShares(total)
    const queue = createFairQueue({ places, maxWaiting, now, defer: setImmediate, repeat: repeatTask })
    const scheduleTask = (delayMs: number, task: () => void) => {
      setTimeout(task, delayMs)
    }
    const refusals = createDelayedRefusals({
      promptPerSecond: promptRefusals,
      maxWaiting: maxDelayedRefusals,
      now,
      schedule: scheduleTask,
    })

    app.decorate('getInFlightCount', places.held)
    app.decorate('getWaitingCount', queue.waiting)
    app.observeLoad(() => ({ inFlight: places.held(), waiting: queue.waiting() }))
    app.decorateRequest('releasePlace', () => {})
    app.onEnd((request) => request.releasePlace())

    app.decorate('sendRejection', (request: FastifyRequest, reply: FastifyReply, send: () => void): void => {
      const isConnected = () => !reply.raw.destroyed
      const pace = refusals.answer(toPayer(request), () => isConnected() && send())
      app.metrics.recordRefusal(pace)
      if (pace !== 'disconnect') return
      reply.hijack()
      request.raw.destroy()
    })

    app.addHook('preValidation', (request, _reply, done) => {
      const { method, route, trace } = request
      const { config, schema } = route
      // The client has left while its body or its token was read: nothing would give the place back.
      if (trace?.isOver) return
      if (isProbe(request) || config.takesPlace === false) {
        request.isAdmitted = true
        return done()
      }
      const workClass = getWorkClass({ method, config, schema })
      let isWaiting = true
      const withdraw = queue.acquire({
        payer: toPayer(request),
        workClass,
        admit: (release) => {
          isWaiting = false
          request.isAdmitted = true
          request.releasePlace = release
          done()
        },
        refuse: () => {
          isWaiting = false
          app.metrics.shed(workClass)
          done(overloadedProblem)
        },
      })
      if (isWaiting) request.releasePlace = withdraw
    })

    app.addHook(
      'onSend',
      syncOnSend((request, _reply, payload) => {
        if (typeof (payload as Readable | null)?.pipe === 'function') request.releasePlace()
        return payload
      }),
    )
  },
  { name: 'load-shedding', dependencies: ['request-state', 'telemetry', 'authentication'] },
)

const repeatTask = (task: () => void): (() => void) => {
  const timer = setInterval(task, sweepIntervalMs)
  return () => clearInterval(timer)
}

/** Strangers are told apart by their network; no tenant has this name. */
const anonymousTenant = ''

const toPayer = ({ caller, ip }: FastifyRequest): Payer =>
  caller ?? { tenant: anonymousTenant, client: toClientNetwork(ip) }
