import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/** What is known of the connections: which ones are done with, and what on them is still to be answered. */
export interface ConnectionTracker {
  /** Nothing more that comes on it is taken. */
  reject(socket: Socket): void
  isRejected(socket: Socket): boolean
  track(request: IncomingMessage, response: ServerResponse): void
  /** Whether bytes written now would be read as the answer to what could not be read, and not to an earlier request. */
  isAnswerable(socket: Socket): boolean
}

export const createConnectionTracker = (): ConnectionTracker => {
  const rejectedSockets = new WeakSet<Socket>()
  const openExchanges = new WeakMap<Socket, Set<Exchange>>()

  const getExchanges = (socket: Socket): Set<Exchange> => {
    const openOnSocket = openExchanges.get(socket) ?? new Set()
    openExchanges.set(socket, openOnSocket)
    return openOnSocket
  }

  return {
    reject: (socket) => rejectedSockets.add(socket),
    isRejected: (socket) => rejectedSockets.has(socket),
    track: (request, response) => {
      const exchanges = getExchanges(request.socket)
      const exchange = { request, response }
      exchanges.add(exchange)
      response.once('close', () => exchanges.delete(exchange))
    },
    isAnswerable: (socket) => {
      const [first, ...others] = getExchanges(socket)
      if (!socket.writable || others.length > 0) return false
      return first === undefined || (!first.request.complete && !first.response.headersSent)
    },
  }
}
