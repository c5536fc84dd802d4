import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import type { Fault } from './faults.ts'
import { send, sendSlowly, sendThenDrop, toBuffer } from './send.ts'
import type { Exchange, Reply } from './types.ts'
import { createHtmlReply } from './types.ts'

/** Sends a modified reply. Returns the status for the journal, or null if no reply was sent. */
type FaultSender = (exchange: Exchange, reply: Reply, fault: Fault) => number | null

const mebibyteBytes = 1024 * 1024
const gzipMemberCount = 200

/** Gzip allows several members in a row, so the bomb repeats a small one. */
const makeBomb = (): Buffer => {
  const member = gzipSync(Buffer.alloc(mebibyteBytes, ' '), { level: 9 })
  return Buffer.concat([...Array.from({ length: gzipMemberCount }, () => member), gzipSync('{}')])
}

const makePadded = (bytes: number): Buffer => {
  const [head, tail] = [Buffer.from('{"padding":"'), Buffer.from('"}')]
  return Buffer.concat([head, Buffer.alloc(Math.max(0, bytes - head.length - tail.length), 'x'), tail])
}

const getTruncationOffset = (fault: Fault, length: number): number =>
  Math.min(length, fault.bytes ?? Math.floor(length * (fault.fraction ?? 0.5)))

const replaceWith = (exchange: Exchange, reply: Reply, fault: Fault): number => {
  const headers = { ...reply.headers, ...fault.headers }
  send(exchange.response, { ...reply, headers })
  return reply.status
}

const toText = (body: unknown): string => (typeof body === 'string' ? body : JSON.stringify(body ?? {}))

const json = { 'content-type': 'application/json; charset=utf-8' }

const faultSenders: Partial<Record<Fault['kind'], FaultSender>> = {
  hang: () => null,
  reset: ({ request }) => {
    request.socket.resetAndDestroy()
    return null
  },
  'reset-after-headers': ({ response }, reply) => {
    sendThenDrop(response, reply, Buffer.alloc(0), Math.max(1, toBuffer(reply.body).length))
    return reply.status
  },
  cut: ({ response }, reply, fault) => {
    const body = toBuffer(reply.body)
    const sent = body.subarray(0, Math.min(getTruncationOffset(fault, body.length), Math.max(0, body.length - 1)))
    sendThenDrop(response, reply, sent, Math.max(1, body.length))
    return reply.status
  },
  truncate: (exchange, reply, fault) => {
    const body = toBuffer(reply.body)
    return replaceWith(exchange, { ...reply, body: body.subarray(0, getTruncationOffset(fault, body.length)) }, fault)
  },
  'slow-drip': ({ response }, reply, fault) => {
    sendSlowly(response, reply, Math.max(1, fault.bytesPerSecond ?? 20))
    return reply.status
  },
  html: (exchange, _reply, fault) =>
    replaceWith(exchange, createHtmlReply(fault.status ?? 200, 'Please try later'), fault),
  status: (exchange, _reply, fault) => {
    const status = fault.status ?? 500
    if (fault.body === undefined) return replaceWith(exchange, createHtmlReply(status, `Error ${status}`), fault)
    return replaceWith(exchange, { status, headers: json, body: toText(fault.body) }, fault)
  },
  body: (exchange, _reply, fault) => {
    const headers = fault.contentType === undefined ? json : { 'content-type': fault.contentType }
    return replaceWith(exchange, { status: fault.status ?? 200, headers, body: toText(fault.body) }, fault)
  },
  oversized: (exchange, _reply, fault) =>
    replaceWith(exchange, { status: 200, headers: json, body: makePadded(fault.bytes ?? 32 * mebibyteBytes) }, fault),
  'gzip-bomb': (exchange, _reply, fault) =>
    replaceWith(exchange, { status: 200, headers: { ...json, 'content-encoding': 'gzip' }, body: makeBomb() }, fault),
  redirect: (exchange, _reply, fault) => {
    const headers = { location: fault.location ?? '/' }
    return replaceWith(exchange, createHtmlReply(fault.status ?? 302, 'Moved', headers), fault)
  },
}

export async function applyFault(exchange: Exchange, reply: Reply, fault: Fault): Promise<number | null> {
  if (fault.ms !== undefined) await sleep(fault.ms, undefined, { ref: false })
  const sendFault = faultSenders[fault.kind] ?? replaceWith
  return sendFault(exchange, reply, fault)
}
