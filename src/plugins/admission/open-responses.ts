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
     * Follows a reply until its connection closes. Returns the caller as it is configured now, and a signal that aborts
     * when its credentials expire or a reload withdraws what the reply needs. Throws `unauthenticated`.
     */
    followReply(request: FastifyRequest, reply: FastifyReply, caller: Caller): { caller: Caller; ended: AbortSignal }
    /** Checks all of them again, and ends those that are no longer allowed. */
    recheckReplies(): void
  }
  interface FastifyContextConfig {
    /** The reply lasts for as long as the client reads: it is checked again at each reload. */
    isLongLived?: boolean
  }
}

/** The longest delay of a timer in Node: a longer one fires immediately, or throws. */
const maxTimerMs = 2 ** 31 - 1

/** Ends replies that last when the credentials of their readers end. */
export default fp<{ now: () => Date }>(
  async (app, { now }) => {
    const checks = new Set<() => void>()
    /** Replies whose stream is being sent, perhaps without a byte so far: Node sends the head with the first one. */
    const streaming = new WeakSet<FastifyReply>()

    const authorize = async (request: FastifyRequest, caller: Caller): Promise<Caller> => {
      const currentCaller = app.findCurrentCaller(caller)
      if (!currentCaller) throw new Problem('unauthenticated')
      requireScopes(request, currentCaller)
      await app.gateway.leads.authorize(request.query as object, currentCaller)
      return currentCaller
    }

    app.decorate('followReply', (request, reply, caller) => {
      // A reload may have come between the authentication and now.
      const currentCaller = app.findCurrentCaller(caller)
      if (!currentCaller) throw new Problem('unauthenticated')
      const controller = new AbortController()
      const end = () => {
        controller.abort()
        // An event stream says goodbye by itself; a file must not look complete.
        const isEventStream = String(reply.getHeader('content-type')).startsWith('text/event-stream')
        if ((reply.raw.headersSent || streaming.has(reply)) && !isEventStream) reply.raw.destroy()
      }
      const check = () => {
        // What cannot be checked now ends too: the client connects again, and is checked then.
        authorize(request, caller).then((current) => Object.assign(request.requestContext, { caller: current }), end)
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
