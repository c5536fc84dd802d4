import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { Worker } from 'node:worker_threads'

export interface SilentServer {
  url: string
  /** Reads everything that has arrived, and returns all bytes. */
  readReceived(): Promise<string>
  close(): Promise<void>
}

/** Runs in a worker that blocks after it listens, until it is woken. It accepts no connection while it is blocked. */
const script = `
  const { createServer } = require('node:net')
  const { parentPort, workerData } = require('node:worker_threads')
  let heard = ''
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      heard += bytes
      if (heard.endsWith('the last')) parentPort.postMessage(heard)
    })
  })
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    parentPort.postMessage(server.address().port)
    Atomics.wait(workerData, 0, 0)
  })`

/** More connections than the queue can hold. The operating system does not answer the further ones. */
const connectionCount = 8

/** A server that accepts no connection. */
export const startSilentServer = async (): Promise<SilentServer> => {
  const sleep = new Int32Array(new SharedArrayBuffer(4))
  const worker = new Worker(script, { eval: true, workerData: sleep })
  const [port] = await once(worker, 'message')
  const sockets: Socket[] = []
  const open = (): Socket => {
    const socket = connect(port, '127.0.0.1').on('error', () => {})
    sockets.push(socket)
    return socket
  }
  const first = open()
  for (let count = 1; count < connectionCount; count += 1) open()
  await once(first, 'connect')
  return {
    url: `http://127.0.0.1:${port}`,
    readReceived: async () => {
      const heard = once(worker, 'message')
      Atomics.store(sleep, 0, 1)
      Atomics.notify(sleep, 0)
      // Connections are accepted in the order in which they arrived.
      open().write('the last')
      const [text] = await heard
      return text
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await worker.terminate()
    },
  }
}
