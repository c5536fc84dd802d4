import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'

/** A request whose body has been read. */
export interface Exchange {
  request: IncomingMessage
  response: ServerResponse
  method: string
  path: string
  /** The raw query without the question mark. */
  query: string
  body: Buffer
}

export interface Reply {
  status: number
  headers: Record<string, string>
  body: string | Buffer
}

/** The properties of a request that the journal and the faults need. */
export interface Description {
  /** The operation for faults, or `unknown`. */
  operation: string
  /** Alternative names for faults, such as `v2/getRegistrantsByBrokerage`. */
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
  /** Null while the request is unanswered, and permanently if the reply was withheld. */
  status: number | null
}

/** An error in the upstream's own format, which a fault requested. */
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
