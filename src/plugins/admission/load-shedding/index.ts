import type { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { Problem } from '#src/problems.ts'
import { isProbe } from '../../is-probe.ts'
import { syncOnSend } from '../../sync-hook.ts'
import { toClientNetwork } from '../rate-limit/client-network.ts'
import { createDelayedRejections } from './delayed-rejections.ts'
import { createFairQueue } from './fair-queue.ts'
import { createFairSlots, type SlotOwner } from './fair-slots.ts'
import { getWorkClass, type WorkClass } from './priority-classes.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Priority of the operation under load. Default: derived from its method and scope. */
    workClass?: WorkClass
  }
  interface FastifyInstance {
    /** Number of requests that occupy a slot. A response that is being streamed occupies none. */
    getInFlightCount(): number
    /** Number of requests that wait for a slot. */
    getWaitingCount(): number
    /**
     * Calls `send` now, or later for a client that retries immediately. Closes the connection if too many rejections
     * wait.
     */
    sendRejection(request: FastifyRequest, reply: FastifyReply, send: () => void): void
  }
  interface FastifyRequest {
    /** Releases the slot of the request. */
    releaseSlot(): void
  }
}

export interface SheddingOptions {
  /** Maximum number of requests in progress. */
  slots?: number
  /** Maximum number of requests that wait for a slot. */
  maxWaiting?: number
  /** Rejections per second that a client, or an anonymous network, receives without a delay. */
  promptRejections?: number
  /** Milliseconds of a monotonic clock. Tests slow it down, so that a busy machine rejects no request. */
  now?: () => number
}

const retryAfterSeconds = 2

export const defaultPromptRejections = 50

const maxDelayedRejections = 512

const sweepIntervalMs = 100

/** Shared by all rejections: capturing a stack trace for each would double the cost of a rejection. */
const overloadedProblem = new Problem('overloaded', { retryAfter: retryAfterSeconds })

/**
 * Starts requests in a fair order and rejects those that have waited too long. A request occupies a slot from the end
 * of its body to the end of its response. The plugin needs the caller, so it runs after authentication.
 */
export default fp<SheddingOptions>(
  async (
    app,
    {
      slots: total = 256,
      maxWaiting = 1_024,
      promptRejections = defaultPromptRejections,
      now = () => performance.now(),
    },
  ) => {
    const slots = createFairSlots(total)
    const queue = createFairQueue({ slots, maxWaiting, now, defer: setImmediate, repeat: repeatTask })
    const scheduleTask = (delayMs: number, task: () => void) => {
      setTimeout(task, delayMs)
    }
    const rejections = createDelayedRejections({
      promptPerSecond: promptRejections,
      maxWaiting: maxDelayedRejections,
      now,
      schedule: scheduleTask,
    })

    app.decorate('getInFlightCount', slots.countTaken)
    app.decorate('getWaitingCount', queue.waiting)
    app.observeLoad(() => ({ inFlight: slots.countTaken(), waiting: queue.waiting() }))
    app.decorateRequest('releaseSlot', () => {})
    app.onEnd((request) => request.releaseSlot())

    app.decorate('sendRejection', (request: FastifyRequest, reply: FastifyReply, send: () => void): void => {
      const isConnected = () => !reply.raw.destroyed
      const pace = rejections.answer(toSlotOwner(request), () => isConnected() && send())
      app.metrics.recordRejection(pace)
      if (pace !== 'disconnect') return
      reply.hijack()
      request.raw.destroy()
    })

    app.addHook('preValidation', (request, _reply, done) => {
      const { method, route, trace } = request
      const { config, schema } = route
      // The client disconnected while the body or the token was read. A slot would never be released.
      if (trace?.isOver) return
      if (isProbe(request)) {
        request.isAdmitted = true
        return done()
      }
      const workClass = getWorkClass({ method, config, schema })
      let isWaiting = true
      const withdraw = queue.acquire({
        owner: toSlotOwner(request),
        workClass,
        admit: (release) => {
          isWaiting = false
          request.isAdmitted = true
          request.releaseSlot = release
          done()
        },
        reject: () => {
          isWaiting = false
          app.metrics.recordShed(workClass)
          done(overloadedProblem)
        },
      })
      if (isWaiting) request.releaseSlot = withdraw
    })

    app.addHook(
      'onSend',
      syncOnSend((request, _reply, payload) => {
        if (typeof (payload as Readable | null)?.pipe === 'function') request.releaseSlot()
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

/** Anonymous clients share this tenant and are distinguished by network. No tenant has an empty id. */
const anonymousTenant = ''

const toSlotOwner = ({ caller, ip }: FastifyRequest): SlotOwner =>
  caller ?? { tenant: anonymousTenant, client: toClientNetwork(ip) }
