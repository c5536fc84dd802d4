import type { Command } from './command.ts'

interface CommandEntry {
  readonly summary: string
  /** Loads the command lazily, because each command has different dependencies. */
  load(): Promise<Command>
}

export const commands: Readonly<Record<string, CommandEntry>> = {
  start: {
    summary: 'start the gateway with the accounts in the environment',
    load: async () => (await import('./start.ts')).start,
  },
  demo: {
    summary: 'start a gateway on simulated upstreams, for trials and tests',
    load: async () => (await import('./demo/index.ts')).demo,
  },
  verify: {
    summary: 'check whether a deployment fulfils the contract',
    load: async () => (await import('../tools/verify/index.ts')).verify,
  },
  'verify:upstream': {
    summary: 'check how a live Spacio and LionDesk answer, and where they drift',
    load: async () => (await import('../tools/verify-upstream/index.ts')).verifyUpstream,
  },
  client: {
    summary: 'create, rotate, retire, remove and list API keys',
    load: async () => (await import('./client/index.ts')).client,
  },
  openapi: {
    summary: 'print the OpenAPI document, or breaking changes since an earlier one',
    load: async () => (await import('../tools/openapi-diff/index.ts')).openapi,
  },
}
