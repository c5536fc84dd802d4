import { once } from 'node:events'
import { connect } from 'node:net'

/** Writes this text to a port of this machine, and resolves with everything that was received until the end. */
export const exchangeRaw = async (port: number, text: string): Promise<string> => {
  const socket = connect(port, '127.0.0.1')
  let received = ''
  socket.setEncoding('utf8').on('data', (chunk) => {
    received += chunk
  })
  socket.write(text)
  await once(socket, 'close')
  return received
}
