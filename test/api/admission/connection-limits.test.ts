/** Connections are limited for the process and for each network. */
import { connect, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { openGateway, type TestGateway } from '../../support/test-gateway.ts'

const maxConnections = 8

let gateway: TestGateway
let port: number
const sockets: Socket[] = []

const open = async (env = {}) => {
  gateway = await openGateway(
    { SPACIO_API_KEY: 'k', SPACIO_BASE_URL: 'http://127.0.0.1:9', ...env },
    { connections: { maxConnections } },
  )
  port = Number(new URL(await gateway.app.listen({ host: '127.0.0.1', port: 0 })).port)
}

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await gateway.close()
})

/** Returns whether a request on a new connection gets a response. The connection stays open. */
const isAnswered = async (localAddress: string): Promise<boolean> => {
  const socket = connect({ port, host: '127.0.0.1', localAddress }).on('error', () => {})
  sockets.push(socket)
  socket.write('GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n')
  return new Promise((resolve) => socket.once('data', () => resolve(true)).once('close', () => resolve(false)))
}

const countAnswered = async (localAddress: string, count: number): Promise<number> => {
  let answered = 0
  for (let index = 0; index < count; index += 1) answered += (await isAnswered(localAddress)) ? 1 : 0
  return answered
}

const refused = async (limit: string): Promise<number> => {
  const text = (await gateway.app.scrape?.text()) ?? ''
  return Number(new RegExp(`foyer_connections_refused_total\\{limit="${limit}"\\} (\\d+)`).exec(text)?.[1])
}

test('a network gets half of the connections, and the next network half of the rest', async () => {
  await open()
  expect(await countAnswered('127.0.0.1', 7)).toBe(4)
  expect(await countAnswered('127.0.0.2', 7)).toBe(2)
  expect(await countAnswered('127.0.0.3', 7)).toBe(1)
  expect(await refused('network')).toBe(3 + 5 + 6)
})

test('a closed connection makes room for a new connection', async () => {
  await open()
  expect(await countAnswered('127.0.0.1', 5)).toBe(4)
  const [first] = sockets
  first?.destroy()
  while ((await countConnections()) > 3) await new Promise(setImmediate)
  expect(await isAnswered('127.0.0.1')).toBe(true)
})

const countConnections = (): Promise<number> =>
  new Promise((resolve) => gateway.app.server.getConnections((_error, count) => resolve(count)))

test('a trusted proxy may use all connections, but not more', async () => {
  await open({ FOYER_TRUST_PROXY: '127.0.0.0/8' })
  expect(await countAnswered('127.0.0.1', 10)).toBe(maxConnections)
  expect(await refused('process')).toBe(2)
})
