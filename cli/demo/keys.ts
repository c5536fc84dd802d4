/** The demo's API keys. They are public, and they give access only to simulated data. */
import { createHash } from 'node:crypto'
import { scopes } from '#src/access-control.ts'

const createDemoKey = (name: string): string => `fk_${name.padEnd(43, '0')}`

export const demoKeys = {
  brokerage: createDemoKey('demo_brokerage_b1001_'),
  otherBrokerage: createDemoKey('demo_brokerage_b1002_'),
  agent: createDemoKey('demo_agent1_'),
}

const createDemoClient = (id: string, key: string) => ({ id, keyHash: createHash('sha256').update(key).digest('hex') })

export const brokerageClient = {
  ...createDemoClient('brokerage', demoKeys.brokerage),
  scopes,
  grants: { brokerages: ['b1001'], teams: ['t2001', 't2002'], connections: '*' },
}

export const demoClients = {
  clients: [
    brokerageClient,
    {
      ...createDemoClient('other-brokerage', demoKeys.otherBrokerage),
      scopes: ['leads:read', 'properties:read', 'brokerages:read'],
      grants: { brokerages: ['b1002'], teams: ['t2003'] },
    },
    {
      ...createDemoClient('agent', demoKeys.agent),
      scopes: ['leads:read', 'properties:read'],
      grants: { agents: ['agent1@example.com'] },
    },
  ],
}
