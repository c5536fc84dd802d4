import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'

/** One request, read to its end before anybody looks at it. */
export interface Exchange {
  request: IncomingMessage
  response: ServerResponse
  method: string
  path: string
  /** The raw query text, without the question mark. */
  query: string
  body: Buffer
}

export interface Reply {
  status: number
  headers: Record<string, string>
  body: string | Buffer
}

/** What the journal and the fault switches need to know of a request. */
export interface Description {
  /** The name that faults are set under, `unknown` where nothing answers. */
  operation: string
  /** Other names that a fault may use for the same request, such as `v2/getRegistrantsByBrokerage`. */
  aliases?: readonly string[]
  form?: Record<string, string>
  body?: unknown
}

export interface JournalEntry extends Description {
  seq: number
  at: string
  method: string
  url: string
  path: string
  query: string
  headers: IncomingHttpHeaders
  /** null while unanswered, and for ever where the reply was withheld. */
  status: number | null
}

/** A refusal that a fault switch asks for, in the upstream's own manner. */
export type SimulatedError =
  | { kind: 'unauthorized' }
  | { kind: 'rate-reached'; resetsIn?: number | undefined }
  | { kind: 'error'; code: string }

export interface Upstream {
  describe(exchange: Exchange): Promise<Description>
  answer(exchange: Exchange, description: Description): Promise<Reply>
  refuse(refusal: SimulatedError, description: Description): Reply
}

export const createJsonReply = (status: number, value: unknown): Reply => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(value),
})

export const createHtmlReply = (status: number, title: string, headers: Record<string, string> = {}): Reply => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8', ...headers },
  body: `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`,
})
