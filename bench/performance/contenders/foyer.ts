/** The gateway as in production: all features enabled, a client with grants, and a log line per request in a file. */
import { createHash } from 'node:crypto'
import { openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startEnvironment, startFlags } from '../../../cli/start.ts'
import { launch } from '../../processes.ts'
import type { Start } from './start.ts'

export const apiKey = `fk_${'bench'.padEnd(43, '0')}`

const clients = {
  clients: [
    {
      id: 'bench',
      keyHash: createHash('sha256').update(apiKey).digest('hex'),
      scopes: ['properties:read', 'leads:read', 'brokerages:read', 'events:read', 'ops:read'],
      grants: { brokerages: '*', agents: ['agent1@example.com'], connections: ['default'] },
    },
  ],
}

const createEnvironment = (port: number, upstream: number, folder: string): Record<string, string> => {
  const clientsFile = join(folder, 'clients.json')
  writeFileSync(clientsFile, JSON.stringify(clients))
  return {
    PATH: process.env.PATH ?? '',
    PORT: `${port}`,
    FOYER_CLIENTS_FILE: clientsFile,
    FOYER_RATE_LIMIT: '1000000',
    FOYER_STORE_URL: `file:${join(folder, `${port}.db`)}`,
    SPACIO_BASE_URL: `http://127.0.0.1:${upstream}`,
    SPACIO_API_KEY: 'key',
    SPACIO_HOURLY_BUDGET: '10000000',
    SPACIO_PAGING: 'direct',
    LIONDESK_BASE_URL: `http://127.0.0.1:${upstream}`,
    LIONDESK_ACCESS_TOKEN: 'token',
  }
}

const root = `${import.meta.dirname}/../../..`

export const startFoyer: Start = ({ port, upstream, folder, prefix, script = 'src/server.ts', ...more }) => {
  const log = openSync(join(folder, `${port}.log`), 'w')
  const { nodeFlags = [], environment = {} } = more
  const command = [...prefix, process.execPath, ...startFlags, ...nodeFlags, `${root}/${script}`]
  return launch(
    command,
    { ...startEnvironment, ...createEnvironment(port, upstream, folder), ...environment },
    /ready/,
    log,
  )
}
