import { type AddressInfo, createServer, type Socket } from 'node:net'

/** One request as the server received it. */
export interface Arrival {
  readonly path: string
  /** The whole text of the request. */
  readonly text: string
  /** The number of its connection, from 0. */
  readonly connection: number
  /** Writes bytes to that connection. */
  write(bytes: string): void
  /** Closes that connection. */
  end(): void
}

export interface SurplusServer {
  url: string
  arrivals: Arrival[]
  /** The number of open connections, and of all connections so far. */
  countOpen(): number
  countOpened(): number
  close(): Promise<void>
}

/** The requests of these tests are small: each arrives in one chunk, or its body in a second one. */
export const startSurplusServer = async (answer: (arrival: Arrival) => void): Promise<SurplusServer> => {
  const sockets = new Set<Socket>()
  const arrivals: Arrival[] = []
  let openedCount = 0

  const server = createServer({ noDelay: true }, (socket) => {
    const connection = openedCount
    openedCount += 1
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => {})
    let text = ''
    socket.on('data', (bytes) => {
      text += bytes
      if (!isComplete(text)) return
      const [, path = ''] = text.split(' ', 2)
      const write = (bytes: string) => void socket.write(bytes)
      const arrival = { path, text, connection, write, end: () => void socket.end() }
      text = ''
      arrivals.push(arrival)
      answer(arrival)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrivals,
    countOpen: () => sockets.size,
    countOpened: () => openedCount,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

const isComplete = (text: string): boolean => {
  const end = text.indexOf('\r\n\r\n')
  const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0)
  return end >= 0 && Buffer.byteLength(text) >= end + 4 + length
}

/** A reply with `Content-Length`. */
export const createSizedReply = (body: string): string =>
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`

/** A reply without `Content-Length` that keeps its connection open. */
export const createChunkedReply = (body: string): string =>
  'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n' +
  `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n0\r\n\r\n`
