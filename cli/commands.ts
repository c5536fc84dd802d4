import type { Command } from './command.ts'

interface Named {
  readonly summary: string
  /** What one command is made of is of no use to the others. */
  load(): Promise<Command>
}

export const commands: Readonly<Record<string, Named>> = {
  start: {
    summary: 'the gateway, on the accounts of the environment',
    load: async () => (await import('./start.ts')).start,
  },
  demo: {
    summary: 'a gateway on simulated upstreams, to try and to test against',
    load: async () => (await import('./demo/index.ts')).demo,
  },
  verify: {
    summary: 'whether a deployment keeps the contract, for CI',
    load: async () => (await import('./verify/index.ts')).verify,
  },
  'verify:upstream': {
    summary: 'how a live Spacio and LionDesk answer, and where they drift',
    load: async () => (await import('./verify-upstream/index.ts')).verifyUpstream,
  },
  client: {
    summary: 'API keys: create, rotate, retire, remove, list',
    load: async () => (await import('./client/index.ts')).client,
  },
  openapi: {
    summary: 'the OpenAPI document of this version, and what broke since another',
    load: async () => (await import('./openapi/index.ts')).openapi,
  },
}
