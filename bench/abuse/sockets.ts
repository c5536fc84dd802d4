/** Connections of clients that misbehave, for example by not reading. */
import { connect, type Socket } from 'node:net'

/** Counts of connections by outcome: a status, or `closed` or `open` for those without a response. */
export type Outcomes = Map<string, number>

export interface Abuser {
  readonly outcomes: Outcomes
  /** Opens a connection and sends a text. Without `reads`, the response is not read. */
  open(text: string, options?: { reads?: boolean }): Socket
  /** Closes all connections and counts those that are still open. */
  end(): void
}

const parseStatus = (bytes: Buffer): string | null =>
  /^HTTP\/1\.1 (\d{3})/.exec(bytes.toString('latin1', 0, 16))?.[1] ?? null

/** `address`: the loopback address of the connections (Linux). */
export const createAbuser = (port: number, address: string): Abuser => {
  const outcomes: Outcomes = new Map()
  const sockets = new Map<Socket, string>()

  const note = (outcome: string): void => void outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)

  return {
    outcomes,
    open: (text, { reads = true } = {}) => {
      const socket = connect({ port, host: '127.0.0.1', localAddress: address })
      sockets.set(socket, 'open')
      socket.on('error', () => {})
      socket.on('close', () => {
        if (sockets.get(socket) === 'open') note('closed')
        sockets.delete(socket)
      })
      socket.on('data', (bytes) => {
        const status = parseStatus(bytes)
        if (status !== null) {
          note(status)
          sockets.set(socket, status)
        }
        if (!reads) socket.pause()
      })
      socket.write(text)
      return socket
    },
    end: () => {
      for (const [socket, state] of sockets) {
        if (state === 'open') note('open')
        sockets.delete(socket)
        socket.destroy()
      }
    },
  }
}

export const formatRequest = (path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET'): string =>
  `${method} ${path} HTTP/1.1\r\nhost: foyer.test\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`
