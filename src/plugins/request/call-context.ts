import type { FastifyReply } from 'fastify'
import fp from 'fastify-plugin'
import { createRequestCache, type RequestCache } from '#src/gateway/cache/request-cache.ts'
import type { Caller, RequestContext } from '#src/gateway/request-context.ts'
import { includes } from '#src/query/include.ts'
import { syncHook } from '../sync-hook.ts'

/** Creates the context of the use cases: the caller, the abort signal, and what the response includes. */
export default fp(
  async (app) => {
    app.addHook(
      'preHandler',
      syncHook((request, reply) => {
        const { caller } = request
        if (!caller) return
        const requestCache = createRequestCache(hasNoCache(request.headers['cache-control']))
        const followedReply = request.route.config.isLongLived ? app.followReply(request, reply, caller) : { caller }
        request.requestContext = new LazyRequestContext(followedReply, request.query, requestCache, reply)
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
 * A class, because an object literal with a getter gets a new hidden class at each evaluation. V8 could then neither
 * optimize the code that reads it nor collect old requests early.
 */
class LazyRequestContext implements RequestContext {
  readonly caller: Caller
  readonly expirySignal: AbortSignal | undefined
  readonly includeSource: boolean
  readonly includeProperty: boolean
  readonly requestCache: RequestCache
  readonly #reply: FastifyReply
  #signal: AbortSignal | undefined

  constructor({ caller, ended }: FollowedReply, query: unknown, requestCache: RequestCache, reply: FastifyReply) {
    this.caller = caller
    this.expirySignal = ended
    this.includeSource = includes(query, 'source')
    this.includeProperty = includes(query, 'property')
    this.requestCache = requestCache
    this.#reply = reply
  }

  /** Created lazily, because a cached response needs no signal. */
  get signal(): AbortSignal {
    this.#signal ??= createClientSignal(this.#reply)
    return this.#signal
  }
}

const hasNoCache = (cacheControl = ''): boolean => /(^|,)\s*no-cache\s*(,|$)/i.test(cacheControl)

/**
 * Aborts when the client disconnects before the response is complete. `request.signal` also aborts after a body was
 * read.
 */
const createClientSignal = ({ raw }: FastifyReply): AbortSignal => {
  const controller = new AbortController()
  const onClose = () => {
    if (!raw.writableFinished) controller.abort(new Error('the client disconnected'))
  }
  if (raw.destroyed) onClose()
  else raw.once('close', onClose)
  return controller.signal
}
