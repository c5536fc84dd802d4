import type { FastifyReply, FastifyRequest } from 'fastify'

type DoneCallback = () => void

/** Wraps a synchronous hook, so that Fastify creates no promise for it. An exception becomes the response. */
export const syncHook =
  (hook: (request: FastifyRequest, reply: FastifyReply) => void) =>
  (request: FastifyRequest, reply: FastifyReply, done: DoneCallback): void => {
    hook(request, reply)
    done()
  }

/** Wraps a synchronous `onSend` hook, which returns the payload to send. */
export const syncOnSend =
  (hook: (request: FastifyRequest, reply: FastifyReply, payload: unknown) => unknown) =>
  (
    request: FastifyRequest,
    reply: FastifyReply,
    payload: unknown,
    done: (error: null, payload: unknown) => void,
  ): void =>
    done(null, hook(request, reply, payload))
