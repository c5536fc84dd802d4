import { createHash } from 'node:crypto'
import { scopes } from '#src/access-control.ts'

/** Returns the API key of a tenant's client. Padding with digits would give `t1` and `t10` the same key. */
export const createKey = (name: string): string => `fk_${name.padEnd(43, '_')}`

/** An entry of a tenants file: both upstreams at one address, and one client with all scopes and grants. */
export const createTenant = (id: string, address: string) => ({
  id,
  spacio: { apiKey: `key-${id}`, baseUrl: address, hourlyBudget: 10_000_000 },
  liondesk: { connections: [{ id: 'main', accessToken: 'token' }] },
  clients: [
    {
      id,
      keyHash: createHash('sha256').update(createKey(id)).digest('hex'),
      scopes,
      grants: { brokerages: '*', teams: '*', agents: '*', connections: '*' },
    },
  ],
})
