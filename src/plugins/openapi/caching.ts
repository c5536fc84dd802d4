import type { OpenAPIV3, OpenAPIV3_1 } from 'openapi-types'

type Json = Record<string, unknown>
type Document = Partial<OpenAPIV3.Document | OpenAPIV3_1.Document>

const ETag = {
  description: 'Identifies these bytes. Send it in `If-None-Match` to get a 304 without a body if they are the same.',
  schema: { type: 'string' },
  example: '"Ql3zkKyJmWn0yR9cC9Pj0m0sWmR"',
}

const keptHeaders = {
  'Cache-Status': {
    description:
      'Whether the response came from the cache or the upstream, and the seconds for which it is fresh (RFC 9211).',
    schema: { type: 'string' },
    example: 'Foyer; hit; ttl=42',
  },
  Age: { description: 'Age of a cached response, in seconds.', schema: { type: 'integer' } },
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

/** Every whole JSON reply to a GET has an entity tag; those of `x-keeps` are made of answers that are kept for a while. */
export const describeCaching = (document: Document): void => {
  for (const path of Object.values(document.paths ?? {})) {
    const operation = (path as { get?: Json }).get
    const reply = (operation?.responses as Record<string, Json> | undefined)?.['200']
    if (operation && reply && 'application/json' in ((reply.content ?? {}) as Json)) describe(operation, reply)
  }
}

const describe = (operation: Json, reply: Json): void => {
  const keeps = operation['x-keeps'] === true
  delete operation['x-keeps']
  const headers = { ETag, ...(keeps && keptHeaders) }
  reply.headers = { ...(reply.headers as Json), ...headers }
  if (keeps) operation.parameters = [...((operation.parameters as Json[]) ?? []), ifNoneMatch, cacheControl]
  const notModified = { description: 'The client already has this response.', headers }
  operation.responses = { ...(operation.responses as Json), 304: notModified }
}
