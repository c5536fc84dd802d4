import type { FastifyReply, FastifyRequest } from 'fastify'

type DoneCallback = () => void

/** A hook that waits for nothing costs no promise. What it throws becomes the reply. */
export const syncHook =
  (hook: (request: FastifyRequest, reply: FastifyReply) => void) =>
  (request: FastifyRequest, reply: FastifyReply, done: DoneCallback): void => {
    hook(request, reply)
    done()
  }

/** The same where there is a payload, for `onSend`: what the hook gives is sent in its place. */
export const syncOnSend =
  (hook: (request: FastifyRequest, reply: FastifyReply, payload: unknown) => unknown) =>
  (
    request: FastifyRequest,
    reply: FastifyReply,
    payload: unknown,
    done: (error: null, payload: unknown) => void,
  ): void =>
    done(null, hook(request, reply, payload))
