import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Tracks which connections were rejected and whether their requests are answered. */
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
  /** Responses leave in the order of their requests, so the last one tells the state of all. */
  const lastResponses = new WeakMap<Socket, ServerResponse>()

  return {
    reject: (socket) => rejectedSockets.add(socket),
    isRejected: (socket) => rejectedSockets.has(socket),
    track: (request, response) => {
      lastResponses.set(request.socket, response)
    },
    isAnswerable: (socket) => {
      if (!socket.writable) return false
      const last = lastResponses.get(socket)
      if (!last || last.closed) return true
      // Node gives the socket to a response when all earlier ones have ended.
      const isFirst = last.socket === socket
      return isFirst && !last.req.complete && !last.headersSent
    },
  }
}
