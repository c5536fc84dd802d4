import { afterAll, beforeAll, beforeEach } from 'vitest'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/index.ts'
import { FormData, request } from './http.ts'

export const noonDate = new Date('2024-03-15T12:00:00Z')

/** One sandbox for a test file. It is reset before each test. */
export function useSandbox(options: SandboxOptions = {}): () => Sandbox {
  let sandbox: Sandbox | undefined
  const current = (): Sandbox => {
    if (sandbox === undefined) throw new Error('The sandbox has not started')
    return sandbox
  }
  beforeAll(async () => {
    sandbox = await startSandbox({ leads: 3000, now: noonDate, ...options })
  })
  beforeEach(() => current().control.reset())
  afterAll(async () => current().close())
  return current
}

export type Fields = Record<string, string | number>

export interface SandboxResponse {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
}

export async function callSpacio(
  sandbox: Sandbox,
  method: string,
  fields: Fields,
  apiKey?: string,
): Promise<SandboxResponse> {
  const body = new FormData()
  for (const [name, value] of Object.entries(fields)) body.append(name, String(value))
  const headers = { apikey: apiKey ?? sandbox.spacio.apiKey }
  const reply = await request(`${sandbox.spacio.url}/api/${method}`, { method: 'POST', headers, body })
  return { status: reply.statusCode, headers: reply.headers, text: await reply.body.text() }
}

type Json = ReturnType<typeof JSON.parse>

export const spacioJson = async (sandbox: Sandbox, method: string, fields: Fields): Promise<Json> =>
  JSON.parse((await callSpacio(sandbox, method, fields)).text)

interface LionDeskCall {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  body?: unknown
  token?: string
  headers?: Record<string, string>
}

export async function callLionDesk(sandbox: Sandbox, path: string, call: LionDeskCall = {}) {
  const token = call.token ?? sandbox.liondesk.accessToken
  const reply = await request(sandbox.liondesk.url + path, {
    method: call.method ?? 'GET',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...call.headers },
    body: call.body === undefined ? null : JSON.stringify(call.body),
  })
  const text = await reply.body.text()
  const isJson = String(reply.headers['content-type']).includes('json')
  const json: Json = isJson ? JSON.parse(text) : undefined
  return { status: reply.statusCode, headers: reply.headers, text, json }
}

export async function control(url: string, method: 'GET' | 'POST' | 'DELETE', body?: unknown) {
  const reply = await request(url, { method, body: body === undefined ? null : JSON.stringify(body) })
  const json: Json = await reply.body.json()
  return { status: reply.statusCode, json }
}

export const year = { startDate: '2023-02-01', endDate: '2024-03-16' }
