import type { IncomingMessage } from 'node:http'

/** Node drops or joins duplicates of these headers, and another parser might choose a different value. */
const singleHeaders = new Set([
  'host',
  'authorization',
  'x-api-key',
  'content-type',
  'content-length',
  'content-encoding',
  'transfer-encoding',
  'idempotency-key',
  'last-event-id',
  'expect',
])

const maxHeaders = 100

const hostPattern = /^([A-Za-z0-9._~-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:\d{1,5})?$/

type RequestHead = Pick<IncomingMessage, 'httpVersion' | 'headers' | 'rawHeaders'>

/**
 * Returns what is ambiguous or invalid in the head of a request, or null. Load balancers send health checks with
 * HTTP/1.0, which needs no Host header.
 */
export const validateHead = ({ httpVersion, headers, rawHeaders }: RequestHead, isProbe = false): string | null => {
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return 'The request must be HTTP/1.1.'
  if (rawHeaders.length > 2 * maxHeaders) return `There are more than ${maxHeaders} headers.`
  const repeatedHeader = findRepeatedName(rawHeaders)
  if (repeatedHeader) return `The header ${repeatedHeader} must not be repeated.`
  const needsHost = !isProbe || httpVersion !== '1.0' || headers.host !== undefined
  if (needsHost && !hostPattern.test(headers.host ?? '')) return 'The request must name its host.'
  return validateFraming(httpVersion, headers)
}

const validateFraming = (httpVersion: string, headers: RequestHead['headers']): string | null => {
  const coding = headers['transfer-encoding']
  if (coding !== undefined) {
    if (headers['content-length'] !== undefined) return 'The body must have a length or come in chunks, not both.'
    if (httpVersion === '1.0' || coding.toLowerCase() !== 'chunked') return 'The transfer encoding is not supported.'
  }
  const { expect } = headers
  return expect === undefined || expect.toLowerCase() === '100-continue' ? null : 'The expectation cannot be met.'
}

const findRepeatedName = (rawHeaders: readonly string[]): string | undefined => {
  const visited: string[] = []
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] as string).toLowerCase()
    if (!singleHeaders.has(name)) continue
    if (visited.includes(name)) return name
    visited.push(name)
  }
  return undefined
}
