import type { IncomingMessage } from 'node:http'
import { type Stub, startStub } from './stub.ts'

export interface MarkedUpstreams extends Stub {
  /**
   * Sets the error that Spacio returns for a request; null removes it. The key of a request is the account and the
   * arguments.
   */
  setError(errorOf: (question: string) => string | null): void
}

const noon = '2026-03-15 12:00:00'

const createPage = (data: readonly unknown[]) => ({
  info: { resultsOnPage: data.length, totalCount: data.length, pageNumber: 1, totalPages: 1 },
  data,
})

const readForm = async (request: IncomingMessage): Promise<Record<string, string>> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const parts = Buffer.concat(chunks)
    .toString()
    .matchAll(/name="(\w+)"\r\n\r\n(.*)\r\n/g)
  return Object.fromEntries([...parts].map(([, name, value]) => [name, value]))
}

/** Spacio's reply. `mark` contains the account and the arguments of the request. */
const createSpacioReply = (url: string, mark: string, form: Record<string, string>): unknown => {
  const leads = ['a', 'b'].map((id) => ({ id, name: `${id} ${mark}`, dateCreated: noon }))
  const replies: Record<string, unknown> = {
    'v1/getProperty': { sid: Number(form.sid), title: mark, email: 'agent@example.com' },
    'v1/getProperties': [{ sid: 1, title: mark }],
    'v1/getOHSessions': createPage([{ sessionID: mark, startTime: noon }]),
    'v1/getClaimedList': [`${mark}@example.com`, 'agent@example.com'],
    'v1/getActivityList': [{ email: `${mark}@example.com`, lastActive: noon }],
    'v1/getOHSessionCounts': [{ dateHosted: noon, leadsCount: 1, propertyAddress: mark }],
    'v1/getAccessToken': { email: form.email, ukey: mark, accessToken: mark },
    'v1/getRegistrants': leads,
    'v1/getRegistrantsByBrokerage': leads,
  }
  return replies[url.replace('/api/', '')] ?? createPage(leads)
}

/** The mark is in a field that no filter uses. */
const liondeskRecord = (url: string, mark: string) => {
  const id = /^\/(?:contacts|events)\/(\w+)$/.exec(url)?.[1] ?? '1'
  if (url.includes('/properties')) return { id: '1', city: mark }
  return url.startsWith('/contacts') ? { id, company: mark } : { id, description: mark }
}

const toPlainText = (text: string) => text.replace(/[^A-Za-z0-9]+/g, '-')

/**
 * Upstreams whose records contain the account and the arguments of the request. A test can therefore detect the reply
 * to a different request.
 */
export const startMarkedUpstreams = async (): Promise<MarkedUpstreams> => {
  let getError: (question: string) => string | null = () => null
  const stub = await startStub(async (request, response) => {
    const form = await readForm(request)
    const { apikey, authorization } = request.headers
    const account = String(apikey ?? authorization?.replace('Bearer ', ''))
    const url = request.url ?? ''
    const question = [account, url, ...Object.values(form)].join(' ')
    const mark = toPlainText(question)
    const isList = /\/(properties|contacts|events)(\?|$)/.test(url)
    const record = {
      ...liondeskRecord(url, mark),
      ...(isList && Object.fromEntries(new URLSearchParams(url.split('?')[1]))),
    }
    const liondeskReply = isList ? { total: 1, limit: 50, skip: 0, data: [record] } : record
    const spacioBody = () => getError(question) ?? createSpacioReply(url, mark, form)
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(apikey ? spacioBody() : liondeskReply))
  })
  return {
    ...stub,
    setError: (next) => {
      getError = next
    },
  }
}
