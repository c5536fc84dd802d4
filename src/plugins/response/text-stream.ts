import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import fp from 'fastify-plugin'
import { wrapIterable } from '#src/lib/map-iterable.ts'

declare module 'fastify' {
  interface FastifyReply {
    /**
     * Sends text of unknown length in parts. It requests the next part only after the client has received the last one,
     * and disconnects a client that reads nothing for a minute. If the source throws, the connection closes without the
     * end of the body.
     */
    sendParts(parts: AsyncIterable<string>): FastifyReply
  }
}

interface TextStreamOptions {
  /** Milliseconds after which a client that reads nothing is disconnected. */
  unreadMs: number
}

/** Provides `reply.sendParts` for exports. */
export default fp<TextStreamOptions>(
  async (app, { unreadMs }) => {
    app.decorateReply('sendParts', function (this: FastifyReply, parts: AsyncIterable<string>) {
      // Prevents proxies from compressing the response, which would delay parts.
      this.header('cache-control', 'no-store, no-transform')
      const body = Readable.from(withReadTimeout(parts, this, unreadMs), { objectMode: false })
      // For a HEAD request, Fastify would read the source to its end.
      if (this.request.method !== 'HEAD') return this.send(body)
      body.destroy()
      return this.send(Readable.from([]))
    })
  },
  { name: 'text-stream' },
)

/** The client has nothing to read while the source works, so the short timeout applies only between parts. */
const withReadTimeout = (parts: AsyncIterable<string>, { raw, server }: FastifyReply, unreadMs: number) =>
  wrapIterable<string, string>(parts, async (iterator) => {
    // The socket of `app.inject` has no timeout.
    raw.socket?.setTimeout?.(server.server.timeout)
    const result = await iterator.next()
    // Node restarts this timeout whenever it has sent bytes.
    raw.socket?.setTimeout?.(unreadMs)
    return result
  })
