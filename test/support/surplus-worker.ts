import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

export interface SurplusWorker {
  url: string
  /** Writes the surplus bytes to the last connection. Blocks this thread until the operating system has them. */
  sendSurplus(): void
  close(): Promise<void>
}

/** Runs in a worker, so that it can write while the test's thread is blocked. */
const script = `
  const { createServer } = require('node:net')
  const { parentPort, workerData: { flag, reply, surplus } } = require('node:worker_threads')
  let last
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => {})
    socket.on('data', () => {
      last = socket
      socket.write(reply)
    })
  })
  parentPort.on('message', () => {
    last.write(surplus, () => {
      Atomics.store(flag, 0, 1)
      Atomics.notify(flag, 0)
    })
  })
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port))`

export const startSurplusWorker = async (reply: string, surplus: string): Promise<SurplusWorker> => {
  const flag = new Int32Array(new SharedArrayBuffer(4))
  const worker = new Worker(script, { eval: true, workerData: { flag, reply, surplus } })
  const [port] = await once(worker, 'message')
  return {
    url: `http://127.0.0.1:${port}`,
    sendSurplus: () => {
      Atomics.store(flag, 0, 0)
      worker.postMessage(null)
      Atomics.wait(flag, 0, 0)
    },
    close: async () => {
      await worker.terminate()
    },
  }
}
