import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { addCleanup } from './temporary.ts'

export interface NetworkLink {
  readonly port: number
  /** Drops all data on the current connections in both directions, but keeps them open. */
  dropConnections(): void
  /** Drops all replies on the current connections. */
  dropReplies(): void
  /** Closes the current connections. Resolves when the other side has closed them too. */
  disconnect(): Promise<void>
}

/** A proxy to a loopback port whose connections a test can disturb. Later connections work. */
export const openNetworkLink = async (target: number): Promise<NetworkLink> => {
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

  const disconnect = async () => {
    const clients = Array.from(connections, ({ client }) => client)
    await Promise.all(clients.map((client) => once(client.end(), 'close')))
  }
  const dropSocket = (socket: Socket) => {
    socket.unpipe()
    socket.resume()
  }

  addCleanup(() => {
    for (const { client } of connections) client.destroy()
    wire.close()
  })
  return {
    port: (wire.address() as AddressInfo).port,
    disconnect,
    dropReplies: () => {
      for (const { server } of connections) dropSocket(server)
    },
    dropConnections: () => {
      for (const { client, server } of connections) for (const socket of [client, server]) dropSocket(socket)
    },
  }
}
