import type { FastifyReply } from 'fastify'
import fp from 'fastify-plugin'
import { createReading, type Reading } from '#src/gateway/cache/request-cache.ts'
import type { Call, Caller } from '#src/gateway/request-context.ts'
import { atOnce } from '../sync-hook.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The request as the use cases see it; not on public routes. */
    call: Call
  }
}

/** Gives each request its `call`: who asks, until when, and whether the wire records are wanted. */
export default fp(
  async (app) => {
    app.decorateRequest('call')
    app.addHook(
      'preHandler',
      atOnce((request, reply) => {
        const { caller } = request
        if (!caller) return
        const { include } = request.query as { include?: string }
        const reading = createReading(wantsFresh(request.headers['cache-control']))
        const followed = request.route.config.isLasting ? app.followReply(request, reply, caller) : { caller }
        request.call = new RequestCall(followed, include === 'source', reading, reply)
      }),
    )
  },
  { name: 'calls', dependencies: ['authentication', 'open-replies'] },
)

interface Followed {
  caller: Caller
  ended?: AbortSignal
}

/**
 * A class for its one getter: a literal with a getter has a shape of its own each time. What reads it never warms up,
 * and the shapes, which live long, keep every request alive until the whole heap is swept.
 */
class RequestCall implements Call {
  readonly caller: Caller
  readonly ended: AbortSignal | undefined
  readonly includeSource: boolean
  readonly reading: Reading
  readonly #reply: FastifyReply
  #signal: AbortSignal | undefined

  constructor({ caller, ended }: Followed, includeSource: boolean, reading: Reading, reply: FastifyReply) {
    this.caller = caller
    this.ended = ended
    this.includeSource = includeSource
    this.reading = reading
    this.#reply = reply
  }

  /** What is kept is answered before anybody could leave. */
  get signal(): AbortSignal {
    this.#signal ??= clientSignal(this.#reply)
    return this.#signal
  }
}

const wantsFresh = (cacheControl = ''): boolean => /(^|,)\s*no-cache\s*(,|$)/i.test(cacheControl)

/** Aborts when the client leaves before its answer is complete; `request.signal` also does once a body was read. */
const clientSignal = ({ raw }: FastifyReply): AbortSignal => {
  const controller = new AbortController()
  const leave = () => {
    if (!raw.writableFinished) controller.abort(new Error('the client has left'))
  }
  if (raw.destroyed) leave()
  else raw.once('close', leave)
  return controller.signal
}
