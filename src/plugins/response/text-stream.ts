import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyReply {
    /**
     * Sends a text of unknown length in parts. A part is requested only when the client has taken the one before, and a
     * client that takes nothing for a minute is disconnected. If the source throws, the connection breaks off.
     */
    sendParts(parts: AsyncIterable<string>): FastifyReply
  }
}

export interface TextStreamOptions {
  /** Milliseconds after which a client that takes nothing is disconnected. */
  unreadMs: number
}

export default fp<TextStreamOptions>(
  async (app, { unreadMs }) => {
    app.decorateReply('sendParts', function (this: FastifyReply, parts: AsyncIterable<string>) {
      // A proxy that compresses the reply would hold parts back.
      this.header('cache-control', 'no-store, no-transform')
      const body = Readable.from(withReadTimeout(parts, this, unreadMs), { objectMode: false })
      // Fastify would read the source to its end for a HEAD.
      if (this.request.method !== 'HEAD') return this.send(body)
      body.destroy()
      return this.send(Readable.from([]))
    })
  },
  { name: 'text-stream' },
)

/** While the source works the client has nothing to read, so the short time counts only between two parts. */
const withReadTimeout = (parts: AsyncIterable<string>, { raw, server }: FastifyReply, unreadMs: number) => {
  const iterator = parts[Symbol.asyncIterator]()
  // The socket of `app.inject` has no timeout.
  const next = async (): Promise<IteratorResult<string>> => {
    raw.socket?.setTimeout?.(server.server.timeout)
    const result = await iterator.next()
    // Node starts this time again whenever bytes have left the process.
    raw.socket?.setTimeout?.(unreadMs)
    return result
  }
  return {
    [Symbol.asyncIterator]: () => ({
      next,
      return: async () => iterator.return?.() ?? { done: true, value: undefined },
    }),
  } as AsyncIterable<string>
}
