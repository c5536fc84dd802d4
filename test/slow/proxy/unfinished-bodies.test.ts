/**
 * Bodies that never end, sent through the load balancer with the shipped configuration, do not affect other requests.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../../../bench/processes.ts'
import { everyGrant, everyScope, writeClients } from '../../support/clients.ts'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

const env = { PATH: `${process.env.PATH}:/usr/sbin` }

const skips = spawnSync('haproxy', ['-v'], { env }).error !== undefined && !process.env.CI

const clients = writeClients({ web: { scopes: everyScope, grants: everyGrant } })

let foyer: SandboxGateway
let folder: string
let balancer: ChildProcess
let port: number
const sockets: Socket[] = []

const configure = (gatewayPort: string): string => {
  const path = join(folder, 'haproxy.cfg')
  const shipped = readFileSync(`${import.meta.dirname}/../../../deploy/haproxy.cfg`, 'utf8')
  const local = shipped
    .replace('bind :8080', `bind 127.0.0.1:${port}`)
    .replace(/^ *server-template .*$/m, `    server gateway 127.0.0.1:${gatewayPort}`)
    .replace('log stdout format raw local0 notice', '')
  writeFileSync(path, local)
  return path
}

const isAnswered = (): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/health/live`).then(
    ({ ok }) => ok,
    () => false,
  )

describe.skipIf(skips)('behind HAProxy', () => {
  beforeAll(async () => {
    foyer = await openSandboxAndGateway({
      sandbox: { leads: 10 },
      env: { FOYER_AUTH: 'required', FOYER_CLIENTS_FILE: clients.path, FOYER_TRUST_PROXY: '127.0.0.1' },
    })
    const base = await foyer.app.listen({ host: '127.0.0.1', port: 0 })
    folder = mkdtempSync(join(tmpdir(), 'foyer-haproxy-'))
    port = await freePort()
    balancer = spawn('haproxy', ['-f', configure(new URL(base).port)], { env, stdio: 'ignore' })
    while (!(await isAnswered())) expect(balancer.exitCode).toBe(null)
  })

  afterAll(async () => {
    for (const socket of sockets) socket.destroy()
    balancer.kill('SIGKILL')
    await once(balancer, 'exit')
    await foyer.close()
    rmSync(folder, { recursive: true })
  })

  const sendUnfinished = async (): Promise<void> => {
    const socket = connect(port, '127.0.0.1').on('error', () => {})
    sockets.push(socket)
    await once(socket, 'connect')
    const head = `POST /events/7/properties HTTP/1.1\r\nhost: localhost\r\nx-api-key: ${clients.keys.web}\r\n`
    await new Promise((resolve) =>
      socket.write(`${head}content-type: application/json\r\ncontent-length: 100\r\n\r\n{`, resolve),
    )
  }

  test('300 unfinished bodies reach no gateway, and 99 reads are answered meanwhile', async () => {
    await Promise.all(Array.from({ length: 300 }, sendUnfinished))
    const read = async (): Promise<number> => {
      const reply = await fetch(`http://127.0.0.1:${port}/properties/10101`, { headers: clients.headers('web') })
      await reply.arrayBuffer()
      return reply.status
    }
    expect(await Promise.all(Array.from({ length: 99 }, read))).toEqual(Array(99).fill(200))
    const connections = await new Promise<number>((resolve) =>
      foyer.app.server.getConnections((_error, count) => resolve(count)),
    )
    expect(connections).toBeLessThan(150)
  })
})
