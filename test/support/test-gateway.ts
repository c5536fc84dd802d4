import type { FastifyInstance, InjectOptions } from 'fastify'
import { buildApp, type Overrides } from '#src/app.ts'
import { type Environment, loadConfig } from '#src/config.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/index.ts'
import { assertContract } from './contract.ts'
import { createLogLeakGuard } from './silence.ts'

export interface TestResponse {
  status: number
  headers: Record<string, string | string[] | number | undefined>
  body: any
  text: string
}

export interface TestGateway {
  app: FastifyInstance
  /** Sends a request and validates the reply against `openapi/foyer.json`. */
  send(method: string, url: string, body?: unknown, headers?: Record<string, string>): Promise<TestResponse>
  get(url: string, headers?: Record<string, string>): Promise<TestResponse>
  close(): Promise<void>
}

export interface GatewayOptions extends Overrides {
  /** Every request bypasses the cache, so that tests are independent. */
  bypassesCache?: boolean
}

/**
 * Tests of load shedding set their own options and use the real clock. In all others, a busy machine rejects no
 * request.
 */
const patientShedding = { promptRejections: 1_000_000, now: () => performance.now() / 100 }

/** Opens a gateway on the given upstreams. Requests go through `app.inject`. */
export const openGateway = async (
  env: Environment,
  { bypassesCache = false, ...options }: GatewayOptions = {},
): Promise<TestGateway> => {
  const silence = createLogLeakGuard()
  const app = await buildApp(
    loadConfig({ LOG_LEVEL: 'silent', FOYER_STORE_URL: 'memory:', FOYER_AUTH: 'off', FOYER_RATE_LIMIT: 'off', ...env }),
    {
      random: () => 0,
      ...options,
      shedding: options.shedding ? { promptRejections: 1_000_000, ...options.shedding } : patientShedding,
      logger: options.logger ?? silence.logger,
    },
  )
  const send: TestGateway['send'] = async (method, url, body, headers = {}) => {
    const reply = await app.inject({
      method: method as NonNullable<InjectOptions['method']>,
      url,
      headers: { ...(bypassesCache && { 'cache-control': 'no-cache' }), ...headers },
      ...(body !== undefined && { payload: body as string | object }),
    })
    const contentType = reply.headers['content-type'] as string | undefined
    const parsed: unknown = /json/.test(contentType ?? '') && reply.body !== '' ? reply.json() : undefined
    const isPlain = /^text\/plain/.test(contentType ?? '')
    assertContract({ method, url, status: reply.statusCode, contentType, body: isPlain ? reply.body : parsed })
    return { status: reply.statusCode, headers: reply.headers, body: parsed, text: reply.body }
  }
  const close = async () => {
    await app.close()
    silence.assert()
  }
  return { app, send, get: (url, headers) => send('GET', url, undefined, headers), close }
}

export interface SandboxGateway extends TestGateway {
  sandbox: Sandbox
}

/** The environment of a gateway on a sandbox. */
export const createEnvironment = ({ spacio, liondesk }: Pick<Sandbox, 'spacio' | 'liondesk'>): Environment => ({
  SPACIO_BASE_URL: spacio.url,
  SPACIO_API_KEY: spacio.apiKey,
  LIONDESK_BASE_URL: liondesk.url,
  LIONDESK_ACCESS_TOKEN: liondesk.accessToken,
})

/** A sandbox and a gateway on it. */
export const openSandboxAndGateway = async (
  options: { sandbox?: SandboxOptions; env?: Environment } & GatewayOptions = {},
): Promise<SandboxGateway> => {
  const sandbox = await startSandbox({ leads: 2_000, ...options.sandbox })
  const gateway = await openGateway({ ...createEnvironment(sandbox), ...options.env }, options)
  return {
    ...gateway,
    sandbox,
    close: async () => {
      await gateway.close()
      await sandbox.close()
    },
  }
}
