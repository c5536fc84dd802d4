import type { IncomingMessage } from 'node:http'

/** Of these a second one would be dropped or joined in silence, and another reader might take the other. */
const single = new Set([
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

type Head = Pick<IncomingMessage, 'httpVersion' | 'headers' | 'rawHeaders'>

/**
 * Returns null if the head of a request can be read in one way only, else what is wrong with it. Load balancers probe
 * with HTTP/1.0, which needs no Host.
 */
export const complaintOfHead = ({ httpVersion, headers, rawHeaders }: Head, isProbe = false): string | null => {
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return 'The request must be HTTP/1.1.'
  if (rawHeaders.length > 2 * maxHeaders) return `There are more than ${maxHeaders} headers.`
  const twice = repeatedName(rawHeaders)
  if (twice) return `The header ${twice} must not be repeated.`
  const needsHost = !isProbe || httpVersion !== '1.0' || headers.host !== undefined
  if (needsHost && !hostPattern.test(headers.host ?? '')) return 'The request must name its host.'
  return complaintOfFraming(httpVersion, headers)
}

const complaintOfFraming = (httpVersion: string, headers: Head['headers']): string | null => {
  const coding = headers['transfer-encoding']
  if (coding !== undefined) {
    if (headers['content-length'] !== undefined) return 'The body must have a length or come in chunks, not both.'
    if (httpVersion === '1.0' || coding.toLowerCase() !== 'chunked') return 'The transfer encoding is not supported.'
  }
  const { expect } = headers
  return expect === undefined || expect.toLowerCase() === '100-continue' ? null : 'The expectation cannot be met.'
}

const repeatedName = (rawHeaders: readonly string[]): string | undefined => {
  const seen: string[] = []
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] as string).toLowerCase()
    if (!single.has(name)) continue
    if (seen.includes(name)) return name
    seen.push(name)
  }
  return undefined
}
