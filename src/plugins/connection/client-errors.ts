import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { Problem, toProblemDocument } from '#src/problems.ts'
import { STATUS_CODES } from '../node-http.ts'

/** `rawPacket` has the bytes that the parser rejected. */
type ClientError = NodeJS.ErrnoException & { rawPacket?: unknown }

const detailsByCode: Record<string, string> = {
  HPE_HEADER_OVERFLOW: 'The URL and the headers are too large together.',
  ERR_HTTP_REQUEST_TIMEOUT: 'The request took too long to arrive.',
}

/**
 * Answers bytes that are not a valid HTTP request with a problem document, or closes the connection.
 * @see https://fastify.dev/docs/latest/Reference/Server/#clienterrorhandler
 */
export function handleClientError(this: FastifyInstance, error: ClientError, socket: Socket): void {
  this.connectionTracker.reject(socket)
  // The client would take a response now for that of an earlier request on the connection.
  if (error.code === 'ECONNRESET' || !this.connectionTracker.isAnswerable(socket)) socket.destroy()
  else socket.end(createRawReply(error, this))
}

/** The request is not parsed, so its origin is known only if the received bytes contain it. */
const findOrigin = ({ rawPacket }: ClientError): string | undefined =>
  Buffer.isBuffer(rawPacket) ? /\r\norigin:[ \t]*(\S+)[ \t]*\r\n/i.exec(rawPacket.toString('latin1'))?.[1] : undefined

const createRawReply = (error: ClientError, app: FastifyInstance): string => {
  const { defaultHeaders, publicPath } = app
  const detail = detailsByCode[error.code ?? ''] ?? 'This is not a valid HTTP request.'
  const requestId = crypto.randomUUID()
  const body = JSON.stringify(toProblemDocument(new Problem('invalid-request', { detail }), requestId, publicPath))
  const headers = {
    ...defaultHeaders,
    ...app.getCorsHeaders(findOrigin(error)),
    'content-type': 'application/problem+json; charset=utf-8',
    'x-request-id': requestId,
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 400 ${STATUS_CODES[400]}\r\n${lines.join('')}\r\n${body}`
}
