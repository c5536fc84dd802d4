import { onTestFinished } from 'vitest'
import type { Environment } from '#src/config.ts'
import type { JournalEntry, Sandbox } from '../../sandbox/index.ts'
import { startSandbox } from '../../sandbox/index.ts'
import { request } from './http.ts'
import type { GatewayOptions, TestGateway, TestResponse } from './test-gateway.ts'
import { createEnvironment, openGateway } from './test-gateway.ts'

/** Closes it after the test. */
export const openSandbox = async (): Promise<Sandbox> => {
  const sandbox = await startSandbox({ leads: 0 })
  onTestFinished(sandbox.close)
  return sandbox
}

/**
 * A gateway whose users connect their accounts through the sandbox's OAuth application. It is closed after the test.
 */
export const openConnectedGateway = async (
  { spacio, liondesk }: Sandbox,
  env: Environment = {},
  options: GatewayOptions = {},
): Promise<TestGateway> => {
  const application = {
    LIONDESK_ACCESS_TOKEN: '',
    LIONDESK_CLIENT_ID: liondesk.clientId,
    LIONDESK_CLIENT_SECRET: liondesk.clientSecret,
  }
  const gateway = await openGateway({ ...createEnvironment({ spacio, liondesk }), ...application, ...env }, options)
  onTestFinished(gateway.close)
  return gateway
}

type Headers = Record<string, string>

export const startAuthorization = async (
  gateway: TestGateway,
  body?: object,
  headers: Headers = {},
): Promise<{ id: string; authorizeUrl: string }> => {
  const reply = await gateway.send('POST', '/connections', body, headers)
  if (reply.status !== 201) throw new Error(`not started: ${reply.text}`)
  return reply.body
}

/** Accepts the consent page and returns the URL to which it redirects the browser. */
export const submitConsent = async (authorizeUrl: string, { approve = '1', user = '1' } = {}): Promise<URL> => {
  const reply = await request(`${authorizeUrl}&approve=${approve}&user=${user}`)
  await reply.body.dump()
  return new URL(String(reply.headers.location))
}

/** Follows the redirect and confirms the name of the client. */
export const completeAuthorization = async (
  gateway: TestGateway,
  back: URL,
  headers: Headers = {},
): Promise<TestResponse> => {
  const url = back.pathname + back.search
  if (!back.searchParams.has('code')) return gateway.get(url, headers)
  const page = await gateway.app.inject({ url, headers: { ...headers, accept: 'text/html' } })
  const fields = new Map(parseHiddenFields(page.body))
  return gateway.get(fields.has('confirm') ? `${url}&confirm=${fields.get('confirm')}` : url, headers)
}

/** The hidden fields of the form on a page. */
export const parseHiddenFields = (html: string): [string, string][] =>
  [...html.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)].map(([, name = '', value = '']) => [
    name,
    value.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code))),
  ])

export const connectAccount = async (
  gateway: TestGateway,
  { user = '1', headers = {} as Headers, body = undefined as object | undefined } = {},
): Promise<string> => {
  const { id, authorizeUrl } = await startAuthorization(gateway, body, headers)
  const reply = await completeAuthorization(gateway, await submitConsent(authorizeUrl, { user }))
  if (reply.status !== 200) throw new Error(`not connected: ${reply.text}`)
  return id
}

export const listConnections = async (gateway: TestGateway, headers: Headers = {}): Promise<any[]> =>
  (await gateway.get('/connections', headers)).body.data

/** The calls of one kind that LionDesk received: `token`, `me`, `find`… */
export const listRequests = ({ control }: Sandbox, operation: string): JournalEntry[] =>
  control.liondesk.requests().filter((entry) => entry.operation === operation)

export const countRefreshes = (sandbox: Sandbox): Record<string, string>[] =>
  listRequests(sandbox, 'token')
    .map(({ body }) => body as Record<string, string>)
    .filter(({ grant_type }) => grant_type === 'refresh_token')

export const listBearers = (entries: readonly JournalEntry[]): string[] =>
  entries.map(({ headers }) => String(headers.authorization).replace('Bearer ', ''))

/** Every secret that was sent to LionDesk: tokens, codes, states and the secret of the application. */
export const listTokens = ({ control }: Sandbox): string[] => {
  const fromBody = control.liondesk.requests().flatMap(({ body }) => {
    const { refresh_token, code, client_secret } = (body ?? {}) as Record<string, string | undefined>
    return [refresh_token, code, client_secret]
  })
  const states = control.liondesk.requests().map(({ query }) => new URLSearchParams(query).get('state'))
  const bearers = listBearers(control.liondesk.requests().filter(({ headers }) => headers.authorization !== undefined))
  return [...new Set([...fromBody, ...states, ...bearers])].filter((secret) => typeof secret === 'string')
}
