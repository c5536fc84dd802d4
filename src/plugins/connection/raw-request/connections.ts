import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { getOrCreate } from '#src/lib/get-or-create.ts'

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/** Tracks which connections were rejected and which requests on them are unanswered. */
export interface ConnectionTracker {
  /** Ignores all further requests on the connection. */
  reject(socket: Socket): void
  isRejected(socket: Socket): boolean
  track(request: IncomingMessage, response: ServerResponse): void
  /** Returns true if the client would match bytes sent now to the unreadable request and not to an earlier one. */
  isAnswerable(socket: Socket): boolean
}

export const createConnectionTracker = (): ConnectionTracker => {
  const rejectedSockets = new WeakSet<Socket>()
  const openExchanges = new WeakMap<Socket, Set<Exchange>>()

  const getExchanges = (socket: Socket): Set<Exchange> => getOrCreate(openExchanges, socket, () => new Set())

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
