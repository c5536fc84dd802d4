import type { FastifyReply } from 'fastify'
import fp from 'fastify-plugin'
import { createRequestCache, type RequestCache } from '#src/gateway/cache/request-cache.ts'
import type { Caller, RequestContext } from '#src/gateway/request-context.ts'
import { includes } from '#src/query/include.ts'
import { syncHook } from '../sync-hook.ts'

/** Gives each request its `call`: who asks, until when, and what the reply includes. */
export default fp(
  async (app) => {
    app.addHook(
      'preHandler',
      syncHook((request, reply) => {
        const { caller } = request
        if (!caller) return
        const reading = createRequestCache(hasNoCache(request.headers['cache-control']))
        const followedReply = request.route.config.isLongLived ? app.followReply(request, reply, caller) : { caller }
        request.requestContext = new LazyRequestContext(followedReply, request.query, reading, reply)
      }),
    )
  },
  { name: 'call-context', dependencies: ['request-state', 'authentication', 'open-responses'] },
)

interface FollowedReply {
  caller: Caller
  ended?: AbortSignal
}

/**
 * A class for its one getter: a literal with a getter has a shape of its own each time. What reads it never warms up,
 * and the shapes, which live long, keep every request alive until the whole heap is swept.
 */
class LazyRequestContext implements RequestContext {
  readonly caller: Caller
  readonly expirySignal: AbortSignal | undefined
  readonly includeSource: boolean
  readonly includeProperty: boolean
  readonly requestCache: RequestCache
  readonly #reply: FastifyReply
  #signal: AbortSignal | undefined

  constructor({ caller, ended }: FollowedReply, query: unknown, reading: RequestCache, reply: FastifyReply) {
    this.caller = caller
    this.expirySignal = ended
    this.includeSource = includes(query, 'source')
    this.includeProperty = includes(query, 'property')
    this.requestCache = reading
    this.#reply = reply
  }

  /** What is kept is answered before anybody could leave. */
  get signal(): AbortSignal {
    this.#signal ??= createClientSignal(this.#reply)
    return this.#signal
  }
}

const hasNoCache = (cacheControl = ''): boolean => /(^|,)\s*no-cache\s*(,|$)/i.test(cacheControl)

/** Aborts when the client leaves before its answer is complete; `request.signal` also does once a body was read. */
const createClientSignal = ({ raw }: FastifyReply): AbortSignal => {
  const controller = new AbortController()
  const onClose = () => {
    if (!raw.writableFinished) controller.abort(new Error('the client has left'))
  }
  if (raw.destroyed) onClose()
  else raw.once('close', onClose)
  return controller.signal
}
