/** Runs the gateway like `foyer start`, with two tenants and stub upstreams. */
import type { ChildProcess } from 'node:child_process'
import { openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startEnvironment, startFlags } from '../../cli/start.ts'
import { pinProcess } from '../performance/usage.ts'
import { freePort, launch } from '../processes.ts'
import { createKey, createTenant } from '../tenants.ts'

export const tenants = ['north', 'south'] as const

export type TenantName = (typeof tenants)[number]

/** Each tenant has its own address. */
const getAddress = (name: TenantName): string => `192.0.2.${1 + tenants.indexOf(name)}`

/** Returns the raw text of a request. */
export const formatRawRequest = (path: string, tenant: TenantName, key: string | null = createKey(tenant)): string => {
  const credentials = key === null ? '' : `x-api-key: ${key}\r\n`
  return `GET ${path} HTTP/1.1\r\nhost: foyer\r\n${credentials}x-forwarded-for: ${getAddress(tenant)}\r\n\r\n`
}

/** Returns a request without credentials from the given address. */
export const formatRawStranger = (path: string, address: string): string =>
  `GET ${path} HTTP/1.1\r\nhost: foyer\r\nx-forwarded-for: ${address}\r\n\r\n`

export interface OverloadedGateway {
  readonly port: number
  readonly child: ChildProcess
}

const root = `${import.meta.dirname}/../..`

export const startGateway = async (upstream: number, folder: string, rateLimit: string): Promise<OverloadedGateway> => {
  const port = await freePort()
  const address = `http://127.0.0.1:${upstream}`
  const tenantsFile = join(folder, 'tenants.json')
  writeFileSync(tenantsFile, JSON.stringify({ tenants: tenants.map((id) => createTenant(id, address)) }))
  const child = await launch(
    [...pinProcess(0), process.execPath, ...startFlags, `${root}/src/server.ts`],
    {
      ...startEnvironment,
      PATH: process.env.PATH ?? '',
      PORT: `${port}`,
      FOYER_STORE_URL: `file:${join(folder, `${port}.db`)}`,
      FOYER_RATE_LIMIT: rateLimit,
      FOYER_TENANTS_FILE: tenantsFile,
      FOYER_TRUST_PROXY: '127.0.0.1',
      LIONDESK_BASE_URL: address,
      SPACIO_PAGING: 'direct',
    },
    /ready/,
    openSync(join(folder, `${port}.log`), 'w'),
  )
  return { port, child }
}
