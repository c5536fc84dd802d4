import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { doLater } from './temporary.ts'

export interface Wire {
  readonly port: number
  /** What is said on the connections of now no longer arrives, though they stay open: neither side is told. */
  loseTouch(): void
  /** Answers on the connections of now no longer arrive. */
  loseAnswers(): void
  /** Ends the connections of now; over when the other side has ended them too. */
  cut(): Promise<void>
}

/** A line to a port of the loopback that can be disturbed; connections made later work. */
export const openWire = async (target: number): Promise<Wire> => {
  const connections = new Set<{ client: Socket; server: Socket }>()
  const wire = createServer((client) => {
    const connection = { client, server: connect(target, '127.0.0.1') }
    connections.add(connection)
    for (const [from, to] of [
      [connection.server, client],
      [client, connection.server],
    ] as const) {
      from.on('error', () => to.destroy())
      from.on('close', () => to.destroy())
      from.pipe(to)
    }
    client.on('close', () => connections.delete(connection))
  }).listen(0, '127.0.0.1')
  await once(wire, 'listening')

  const cut = async () => {
    const clients = Array.from(connections, ({ client }) => client)
    await Promise.all(clients.map((client) => once(client.end(), 'close')))
  }
  const lose = (socket: Socket) => {
    socket.unpipe()
    socket.resume()
  }

  doLater(() => {
    for (const { client } of connections) client.destroy()
    wire.close()
  })
  return {
    port: (wire.address() as AddressInfo).port,
    cut,
    loseAnswers: () => {
      for (const { server } of connections) lose(server)
    },
    loseTouch: () => {
      for (const { client, server } of connections) for (const socket of [client, server]) lose(socket)
    },
  }
}
