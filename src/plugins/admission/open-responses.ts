import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { Caller } from '#src/access-control.ts'
import { Problem } from '#src/problems.ts'
import { syncOnSend } from '../sync-hook.ts'
import { requireScopes } from './authorization.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * Follows a response until its connection closes. Returns the caller with its current configuration, and a signal
     * that aborts when the credentials expire or a reload withdraws them. Throws `unauthenticated`.
     */
    followReply(request: FastifyRequest, reply: FastifyReply, caller: Caller): { caller: Caller; ended: AbortSignal }
    /** Checks all open responses again and ends those that are no longer authorized. */
    recheckReplies(): void
  }
  interface FastifyContextConfig {
    /** Marks a streamed response, which each reload checks again. */
    isLongLived?: boolean
  }
}

/** Node's maximum timer delay: a timer with a longer delay fires immediately. */
const maxTimerMs = 2 ** 31 - 1

/**
 * Ends long-lived responses when the client's credentials expire or are withdrawn. `call-context` uses it to create the
 * abort signal of the request.
 */
export default fp<{ now: () => Date }>(
  async (app, { now }) => {
    const checks = new Set<() => void>()
    /** Responses whose stream has started. Node sends the headers only with the first bytes. */
    const streaming = new WeakSet<FastifyReply>()

    const authorize = async (request: FastifyRequest, caller: Caller): Promise<Caller> => {
      const currentCaller = app.findCurrentCaller(caller)
      if (!currentCaller) throw new Problem('unauthenticated')
      requireScopes(request, currentCaller)
      await app.gateway.leads.authorize(request.query as object, currentCaller)
      return currentCaller
    }

    app.decorate('followReply', (request, reply, caller) => {
      // A reload may have happened since authentication.
      const currentCaller = app.findCurrentCaller(caller)
      if (!currentCaller) throw new Problem('unauthenticated')
      const controller = new AbortController()
      const end = () => {
        controller.abort()
        // An event stream ends with its own last event. A truncated file must not look complete.
        const isEventStream = String(reply.getHeader('content-type')).startsWith('text/event-stream')
        if ((reply.raw.headersSent || streaming.has(reply)) && !isEventStream) reply.raw.destroy()
      }
      const check = () => {
        // A response whose check fails also ends. The client reconnects and is then authenticated again.
        authorize(request, caller)
          .then((current) => Object.assign(request.requestContext, { caller: current }))
          .catch(end)
      }
      const { expiresAt } = caller
      const lifetime = expiresAt === undefined ? null : Math.min(maxTimerMs, Math.max(0, expiresAt - now().getTime()))
      const timer = lifetime === null ? undefined : setTimeout(end, lifetime)
      checks.add(check)
      reply.raw.once('close', () => {
        clearTimeout(timer)
        checks.delete(check)
      })
      return { caller: currentCaller, ended: controller.signal }
    })

    app.addHook(
      'onSend',
      syncOnSend(({ requestContext }, reply, payload) => {
        if (payload instanceof Readable) streaming.add(reply)
        if (!requestContext?.expirySignal?.aborted || reply.statusCode >= 400) return payload
        if (payload instanceof Readable) payload.destroy()
        throw new Problem('unauthenticated')
      }),
    )

    app.decorate('recheckReplies', () => {
      for (const check of checks) check()
    })
  },
  { name: 'open-responses', dependencies: ['request-state', 'authentication', 'authorization'] },
)
