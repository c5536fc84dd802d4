import type { OpenAPIV3, OpenAPIV3_1 } from 'openapi-types'

type Json = Record<string, unknown>
type Document = Partial<OpenAPIV3.Document | OpenAPIV3_1.Document>

const etagHeader = {
  description:
    'Entity tag of this reply. Send it in `If-None-Match` to get a 304 without a body if the bytes are the same. Where an operation takes `If-Match`, send it there to write only if nothing has changed.',
  schema: { type: 'string' },
  example: '"Ql3zkKyJmWn0yR9cC9Pj0m0sWmR"',
}

const cacheHeaders = {
  'Cache-Status': {
    description:
      'Whether the response came from the cache or the upstream, and the seconds for which it is fresh (RFC 9211).',
    schema: { type: 'string' },
    example: 'Foyer; hit; ttl=42',
  },
  Age: { description: 'Age of a cached response, in seconds.', schema: { type: 'integer' } },
}

const browserHeaders = {
  'Cache-Control': {
    description: '`private, no-cache`: a browser may store the response but must revalidate it.',
    schema: { type: 'string' },
    example: 'private, no-cache',
  },
  Vary: {
    description: 'The request headers that the response depends on.',
    schema: { type: 'string' },
    example: 'X-API-Key, Authorization, Accept',
  },
}

const ifNoneMatch = {
  name: 'If-None-Match',
  in: 'header',
  required: false,
  schema: { type: 'string' },
  description:
    'Entity tags of the responses that the client has. If the response would be one of them, the gateway answers 304.',
}

const cacheControl = {
  name: 'Cache-Control',
  in: 'header',
  required: false,
  schema: { type: 'string' },
  description: '`no-cache` bypasses the cache.',
}

/**
 * Documents entity tags for JSON responses to GET, and cache headers for operations with `x-cached` and
 * `x-stored`. A 304 has the headers of the 200.
 */
export const describeCaching = (document: Document): void => {
  for (const path of Object.values(document.paths ?? {})) {
    const operation = (path as { get?: Json }).get
    const reply = (operation?.responses as Record<string, Json> | undefined)?.['200']
    describeWrite((path as { patch?: Json }).patch ?? {})
    if (operation && reply && 'application/json' in ((reply.content ?? {}) as Json)) describeRead(operation, reply)
  }
}

/** A write that takes `If-Match` and returns the record also returns its new tag. */
const describeWrite = ({ parameters = [], responses }: { parameters?: { name: string }[]; responses?: Json }): void => {
  const reply = responses?.['200'] as Json | undefined
  if (!reply || !parameters.some(({ name }) => name === 'If-Match')) return
  reply.headers = { ...(reply.headers as Json), ETag: etagHeader }
}

const describeRead = (operation: Json, reply: Json): void => {
  const isCached = operation['x-cached'] === true
  delete operation['x-cached']
  const isStored = operation['x-stored'] === true
  delete operation['x-stored']
  const headers = {
    ...(reply.headers as Json),
    ETag: etagHeader,
    ...(isCached && cacheHeaders),
    ...(isStored && browserHeaders),
  }
  reply.headers = headers
  if (isCached) operation.parameters = [...((operation.parameters as Json[]) ?? []), ifNoneMatch, cacheControl]
  const notModified = { description: 'The client already has this response.', headers }
  operation.responses = { ...(operation.responses as Json), 304: notModified }
}
