import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { Problem, toProblemDocument } from '#src/problems.ts'
import { STATUS_CODES } from '../node-http.ts'

const detailsByCode: Record<string, string> = {
  HPE_HEADER_OVERFLOW: 'The headers are too large.',
  ERR_HTTP_REQUEST_TIMEOUT: 'The request took too long to arrive.',
}

/** Requests that never became one: the socket gets a problem document too, or is closed. */
export function handleClientError(this: FastifyInstance, error: NodeJS.ErrnoException, socket: Socket): void {
  this.connectionTracker.reject(socket)
  // An answer now would be taken for that to an earlier request on the same connection.
  if (error.code === 'ECONNRESET' || !this.connectionTracker.isAnswerable(socket)) socket.destroy()
  else socket.end(createRawReply(detailsByCode[error.code ?? ''] ?? 'This is not a valid HTTP request.', this))
}

const createRawReply = (detail: string, { defaultHeaders, publicPath }: FastifyInstance): string => {
  const requestId = crypto.randomUUID()
  const body = JSON.stringify(toProblemDocument(new Problem('invalid-request', { detail }), requestId, publicPath))
  const headers = {
    ...defaultHeaders,
    'content-type': 'application/problem+json; charset=utf-8',
    'x-request-id': requestId,
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 400 ${STATUS_CODES[400]}\r\n${lines.join('')}\r\n${body}`
}
