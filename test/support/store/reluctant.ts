import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

const info = 'redis_version:7.0.0\r\nloading:0\r\n'

/** A server that sends its greeting after a delay, and then nothing more. */
export const openSlowServer = async (greetingMs: number) => {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('data', () => {
      setTimeout(() => socket.write(`$${info.length}\r\n${info}\r\n`), greetingMs)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
