/** A process with a low limit of open files, and a client that opens more connections than that. */
import { once } from 'node:events'
import { Agent, get } from 'node:http'
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../../sandbox/index.ts'
import { type GatewayProcess, startGateway } from '../../support/gateway-process.ts'
import { createEnvironment } from '../../support/test-gateway.ts'

const descriptors = 256
const limited = ['sh', '-c', `ulimit -n ${descriptors}; exec "$0" "$@"`]

let sandbox: Sandbox
let gateway: GatewayProcess
const sockets: Socket[] = []

beforeAll(async () => {
  sandbox = await startSandbox({ leads: 10 })
  gateway = await startGateway({ ...createEnvironment(sandbox), FOYER_AUTH: 'off' }, 'src/server.ts', limited)
})

afterAll(async () => {
  for (const socket of sockets) socket.destroy()
  gateway.kill('SIGKILL')
  await gateway.exit
  await sandbox.close()
})

const ask = async (path: string, localAddress: string): Promise<number> => {
  const request = get(`${gateway.url}${path}`, { localAddress, agent: new Agent({ keepAlive: false }) })
  const [response] = await once(request, 'response')
  response.resume()
  await once(response, 'end')
  return response.statusCode
}

const openIdle = async (): Promise<void> => {
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1').on('error', () => {})
  sockets.push(socket)
  socket.write('GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n')
  await new Promise((resolve) => socket.once('data', resolve).once('close', resolve))
}

test('idle connections from one address use up no descriptors of others', async () => {
  for (let round = 0; round < 20; round += 1) await Promise.all(Array.from({ length: 20 }, openIdle))
  const paths = ['/properties/10101', '/leads?brokerageId=b1001', '/events/7/properties', '/docs/static/swagger-ui.css']
  for (const path of paths) expect([path, await ask(path, '127.0.0.2')]).toEqual([path, 200])
  for (const socket of sockets) socket.destroy()
  while ((await ask('/health/live', '127.0.0.1').catch(() => 0)) !== 200);
  expect(gateway.output()).not.toMatch(/"level":(50|60)/)
})
