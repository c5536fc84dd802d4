import fp from 'fastify-plugin'
import { syncOnSend } from '../sync-hook.ts'

interface UnreadRepliesOptions {
  /** Milliseconds after which a client that reads nothing is disconnected. */
  unreadMs: number
}

/**
 * Disconnects clients that do not read complete responses, which occupy slots and memory. Streams are silent at times,
 * so they have their own timeout.
 */
export default fp<UnreadRepliesOptions>(
  async (app, { unreadMs }) => {
    app.addHook(
      'onSend',
      syncOnSend((request, _reply, payload) => {
        const isBuffered = typeof payload === 'string' || Buffer.isBuffer(payload)
        // Node restarts this timeout whenever it has sent bytes, and clears it after the response. The socket of
        // `app.inject` has none.
        if (isBuffered) request.raw.socket.setTimeout?.(unreadMs)
        return payload
      }),
    )
  },
  { name: 'unread-responses' },
)
