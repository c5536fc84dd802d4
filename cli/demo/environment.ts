import { demoKeys } from './keys.ts'
import type { Addresses } from './output.ts'

/** Returns the whole environment of the demo gateway, without variables of the user's environment. */
export const createGatewayEnvironment = ({
  url,
  spacio,
  liondesk,
  board,
  port,
  clientsFile,
  origins,
}: Addresses & { port: string; clientsFile: string; origins: readonly string[] }): Record<string, string> => ({
  PORT: port,
  LOG_LEVEL: 'warn',
  FOYER_CLIENTS_FILE: clientsFile,
  FOYER_DEMO_KEY: demoKeys.brokerage,
  // LionDesk redirects the user's browser to this address.
  FOYER_PUBLIC_URL: url,
  FOYER_STORE_URL: 'memory:',
  FOYER_CORS_ORIGINS: [board, ...origins].join(','),
  // Fast polling for new leads. Live feeds may use 57 % of this budget, which is slightly below the sandbox's limit.
  FOYER_FEED_FLOOR: '2',
  SPACIO_HOURLY_BUDGET: '20000',
  SPACIO_BASE_URL: spacio,
  SPACIO_API_KEY: 'sandbox-spacio-key',
  LIONDESK_BASE_URL: liondesk,
  LIONDESK_CLIENT_ID: 'sandbox-client',
  LIONDESK_CLIENT_SECRET: 'sandbox-secret',
  LIONDESK_ACCESS_TOKEN: 'c0ffee0000000000000000000000000000000001',
})
