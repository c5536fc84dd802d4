import { onTestFinished } from 'vitest'
import type { Environment } from '#src/config.ts'
import type { JournalEntry, Sandbox } from '../../sandbox/index.ts'
import { startSandbox } from '../../sandbox/index.ts'
import { request } from './http.ts'
import type { Answer, Gateway, GatewayOptions } from './test-gateway.ts'
import { environmentOf, openGateway } from './test-gateway.ts'

/** Closed when the test is over. */
export const openSandbox = async (): Promise<Sandbox> => {
  const sandbox = await startSandbox({ leads: 0 })
  onTestFinished(sandbox.close)
  return sandbox
}

/** A gateway whose users connect their accounts through the sandbox's application; closed when the test is over. */
export const openOn = async (
  { spacio, liondesk }: Sandbox,
  env: Environment = {},
  options: GatewayOptions = {},
): Promise<Gateway> => {
  const application = {
    LIONDESK_ACCESS_TOKEN: '',
    LIONDESK_CLIENT_ID: liondesk.clientId,
    LIONDESK_CLIENT_SECRET: liondesk.clientSecret,
  }
  const gateway = await openGateway({ ...environmentOf({ spacio, liondesk }), ...application, ...env }, options)
  onTestFinished(gateway.close)
  return gateway
}

type Headers = Record<string, string>

export const start = async (
  gateway: Gateway,
  body?: object,
  headers: Headers = {},
): Promise<{ id: string; authorizeUrl: string }> => {
  const reply = await gateway.send('POST', '/connections', body, headers)
  if (reply.status !== 201) throw new Error(`not started: ${reply.text}`)
  return reply.body
}

/** Answers the consent page, and gives the URL that it sends the browser back to. */
export const consent = async (authorizeUrl: string, { approve = '1', user = '1' } = {}): Promise<URL> => {
  const reply = await request(`${authorizeUrl}&approve=${approve}&user=${user}`)
  await reply.body.dump()
  return new URL(String(reply.headers.location))
}

/** The browser comes back, and its user confirms who asked. */
export const comeBack = async (gateway: Gateway, back: URL, headers: Headers = {}): Promise<Answer> => {
  const url = back.pathname + back.search
  if (!back.searchParams.has('code')) return gateway.get(url, headers)
  const page = await gateway.app.inject({ url, headers: { ...headers, accept: 'text/html' } })
  const fields = new Map(hiddenFieldsOf(page.body))
  return gateway.get(fields.has('confirm') ? `${url}&confirm=${fields.get('confirm')}` : url, headers)
}

/** The hidden fields of the form on a page. */
export const hiddenFieldsOf = (html: string): [string, string][] =>
  [...html.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)].map(([, name = '', value = '']) => [
    name,
    value.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code))),
  ])

export const connect = async (
  gateway: Gateway,
  { user = '1', headers = {} as Headers, body = undefined as object | undefined } = {},
): Promise<string> => {
  const { id, authorizeUrl } = await start(gateway, body, headers)
  const reply = await comeBack(gateway, await consent(authorizeUrl, { user }))
  if (reply.status !== 200) throw new Error(`not connected: ${reply.text}`)
  return id
}

export const list = async (gateway: Gateway, headers: Headers = {}): Promise<any[]> =>
  (await gateway.get('/connections', headers)).body.data

/** What LionDesk was asked under a name: `token`, `me`, `find`… */
export const asked = ({ control }: Sandbox, operation: string): JournalEntry[] =>
  control.liondesk.requests().filter((entry) => entry.operation === operation)

export const refreshes = (sandbox: Sandbox): Record<string, string>[] =>
  asked(sandbox, 'token')
    .map(({ body }) => body as Record<string, string>)
    .filter(({ grant_type }) => grant_type === 'refresh_token')

export const bearersOf = (entries: readonly JournalEntry[]): string[] =>
  entries.map(({ headers }) => String(headers.authorization).replace('Bearer ', ''))

/** Every secret that went over the wire to LionDesk: tokens, codes, states and the application's own. */
export const tokensIn = ({ control }: Sandbox): string[] => {
  const fromBody = control.liondesk.requests().flatMap(({ body }) => {
    const { refresh_token, code, client_secret } = (body ?? {}) as Record<string, string | undefined>
    return [refresh_token, code, client_secret]
  })
  const states = control.liondesk.requests().map(({ query }) => new URLSearchParams(query).get('state'))
  const bearers = bearersOf(control.liondesk.requests().filter(({ headers }) => headers.authorization !== undefined))
  return [...new Set([...fromBody, ...states, ...bearers])].filter((secret) => typeof secret === 'string')
}
