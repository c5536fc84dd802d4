import fp from 'fastify-plugin'
import { syncOnSend } from '../sync-hook.ts'

export interface UnreadRepliesOptions {
  /** Milliseconds after which a client that reads nothing of its reply is disconnected. */
  unreadMs: number
}

/**
 * Disconnects clients that leave whole replies unread: they hold places and memory. Streams have the same limit of their
 * own, as they are silent at times.
 */
export default fp<UnreadRepliesOptions>(
  async (app, { unreadMs }) => {
    app.addHook(
      'onSend',
      syncOnSend((request, _reply, payload) => {
        const isBuffered = typeof payload === 'string' || Buffer.isBuffer(payload)
        // Node starts this time again whenever bytes have left the process, and ends it with the reply. The socket of
        // `app.inject` has none.
        if (isBuffered) request.raw.socket.setTimeout?.(unreadMs)
        return payload
      }),
    )
  },
  { name: 'unread-responses' },
)
