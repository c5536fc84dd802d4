/** Reads tenants and their clients from files or from plain variables. */
import { resolve } from 'node:path'
import { type Environment, readString, rejectVariable } from './environment.ts'
import { readManyTenants } from './multi-tenant.ts'
import { readSingleTenant } from './single-tenant.ts'
import type { TenantConfig } from './tenant.ts'

export const readTenantConfigs = (env: Environment): TenantConfig[] => {
  const file = readString(env, 'FOYER_TENANTS_FILE')
  const tenants = file === undefined ? [readSingleTenant(env)] : readManyTenants(env, resolve(file))
  rejectRepeated(file === undefined ? 'FOYER_CLIENTS_FILE' : 'FOYER_TENANTS_FILE', tenants)
  return tenants
}

const findRepeated = (values: readonly string[]): string | undefined =>
  values.find((value, index) => values.indexOf(value) !== index)

const rejectRepeated = (variable: string, tenants: readonly TenantConfig[]): void => {
  const reject = (what: string) => rejectVariable(variable, `names a file that contains ${what} twice`)
  const tenant = findRepeated(tenants.map(({ id }) => id))
  if (tenant) reject(`tenant ${tenant}`)
  for (const { id, clients, liondesk } of tenants) {
    const client = findRepeated(clients.map((each) => each.id))
    if (client) reject(`client ${client} of tenant ${id}`)
    const connection = findRepeated(liondesk.connections.map((each) => each.id))
    if (connection) reject(`connection ${connection} of tenant ${id}`)
  }
  // A key must identify exactly one client.
  if (findRepeated(tenants.flatMap(({ clients }) => clients.flatMap(({ keyHashes }) => keyHashes))))
    reject('a key hash')
}
