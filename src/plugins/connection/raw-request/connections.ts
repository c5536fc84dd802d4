import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/** What is known of the connections: which ones are done with, and what on them is still to be answered. */
export interface Connections {
  /** Nothing more that comes on it is taken. */
  refuse(socket: Socket): void
  isRefused(socket: Socket): boolean
  track(request: IncomingMessage, response: ServerResponse): void
  /** Whether bytes written now would be read as the answer to what could not be read, and not to an earlier request. */
  isAnswerable(socket: Socket): boolean
}

export const createConnections = (): Connections => {
  const refused = new WeakSet<Socket>()
  const unanswered = new WeakMap<Socket, Set<Exchange>>()

  const exchangesOn = (socket: Socket): Set<Exchange> => {
    const known = unanswered.get(socket) ?? new Set()
    unanswered.set(socket, known)
    return known
  }

  return {
    refuse: (socket) => refused.add(socket),
    isRefused: (socket) => refused.has(socket),
    track: (request, response) => {
      const exchanges = exchangesOn(request.socket)
      const exchange = { request, response }
      exchanges.add(exchange)
      response.once('close', () => exchanges.delete(exchange))
    },
    isAnswerable: (socket) => {
      const [first, ...others] = exchangesOn(socket)
      if (!socket.writable || others.length > 0) return false
      return first === undefined || (!first.request.complete && !first.response.headersSent)
    },
  }
}
