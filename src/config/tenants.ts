/** Tenants and their clients, from files or from plain variables. */
import { resolve } from 'node:path'
import { type Environment, refuse, textOf } from './environment.ts'
import { tenantsOfFile } from './multi-tenant.ts'
import { tenantOfVariables } from './single-tenant.ts'
import type { TenantConfig } from './tenant.ts'

export const tenantsOf = (env: Environment): TenantConfig[] => {
  const file = textOf(env, 'FOYER_TENANTS_FILE')
  const tenants = file === undefined ? [tenantOfVariables(env)] : tenantsOfFile(env, resolve(file))
  refuseRepeated(file === undefined ? 'FOYER_CLIENTS_FILE' : 'FOYER_TENANTS_FILE', tenants)
  return tenants
}

const repeatedIn = (values: readonly string[]): string | undefined =>
  values.find((value, index) => values.indexOf(value) !== index)

const refuseRepeated = (variable: string, tenants: readonly TenantConfig[]): void => {
  const complain = (what: string) => refuse(variable, `names a file where ${what} stands twice`)
  const tenant = repeatedIn(tenants.map(({ id }) => id))
  if (tenant) complain(`tenant ${tenant}`)
  for (const { id, clients, liondesk } of tenants) {
    const client = repeatedIn(clients.map((each) => each.id))
    if (client) complain(`client ${client} of tenant ${id}`)
    const connection = repeatedIn(liondesk.connections.map((each) => each.id))
    if (connection) complain(`connection ${connection} of tenant ${id}`)
  }
  // One key, one client: else it would be chance who asks.
  if (repeatedIn(tenants.flatMap(({ clients }) => clients.flatMap(({ keyHashes }) => keyHashes))))
    complain('a key hash')
}
