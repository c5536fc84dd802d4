import { type IncomingMessage, STATUS_CODES } from 'node:http'
import { type Stub, startStub } from './stub.ts'

export interface MarkedUpstreams extends Stub {
  /** The next so many requests of an account fail with a status. */
  fail(account: string, status: number, times: number): void
}

const noon = '2026-03-15 12:00:00'

const pageOf = (data: readonly unknown[]) => ({
  info: { resultsOnPage: data.length, totalCount: data.length, pageNumber: 1, totalPages: 1 },
  data,
})

const formOf = async (request: IncomingMessage): Promise<Record<string, string>> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const parts = Buffer.concat(chunks)
    .toString()
    .matchAll(/name="(\w+)"\r\n\r\n(.*)\r\n/g)
  return Object.fromEntries([...parts].map(([, name, value]) => [name, value]))
}

/** What Spacio answers; `mark` says who asked, and what. */
const spacioReply = (method: string, mark: string, form: Record<string, string>): unknown => {
  const leads = ['a', 'b'].map((id) => ({ id, name: `${id} ${mark}`, dateCreated: noon }))
  const replies: Record<string, unknown> = {
    getProperty: { sid: Number(form.sid), title: mark, email: 'agent@example.com' },
    getProperties: [{ sid: 1, title: mark }],
    getOHSessions: pageOf([{ sessionID: mark, startTime: noon }]),
    getClaimedList: [`${mark}@example.com`, 'agent@example.com'],
    getActivityList: [{ email: `${mark}@example.com`, lastActive: noon }],
    getOHSessionCounts: [{ dateHosted: noon, leadsCount: 1, propertyAddress: mark }],
    getAccessToken: { email: form.email, ukey: mark, accessToken: mark },
    getRegistrants: leads,
  }
  return replies[method] ?? pageOf(leads)
}

const plain = (text: string) => text.replace(/[^A-Za-z0-9]+/g, '-')

/**
 * Both upstreams, whose records name the account that asked and everything that was asked for: whatever is answered to
 * another question can be told from what it should be.
 */
export const startMarkedUpstreams = async (): Promise<MarkedUpstreams> => {
  const failures = new Map<string, { status: number; times: number }>()
  const stub = await startStub(async (request, response) => {
    const form = await formOf(request)
    const { apikey, authorization } = request.headers
    const account = String(apikey ?? authorization?.replace('Bearer ', ''))
    const url = request.url ?? ''
    const mark = plain([account, url, ...Object.values(form)].join(' '))
    const failure = failures.get(account)
    if (failure && failure.times > 0) {
      failure.times -= 1
      response.writeHead(failure.status, { 'content-type': 'text/plain' }).end(STATUS_CODES[failure.status])
      return
    }
    const record = { id: '1', city: mark }
    const isList = /\/properties(\?|$)/.test(url)
    const liondeskReply = isList ? { total: 1, limit: 50, skip: 0, data: [record] } : record
    const body = apikey ? spacioReply(url.split('/').at(-1) as string, mark, form) : liondeskReply
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  return {
    ...stub,
    fail: (account, status, times) => {
      failures.set(account, { status, times })
    },
  }
}
