import type { ServerResponse } from 'node:http'
import type { Reply } from './types.ts'

export const toBuffer = (body: string | Buffer): Buffer => (typeof body === 'string' ? Buffer.from(body) : body)

/** Writes the head of a reply. `claimed` is the announced content length. */
function writeHead(response: ServerResponse, reply: Reply, claimed?: number): void {
  for (const name of response.getHeaderNames()) response.removeHeader(name)
  const length = claimed ?? toBuffer(reply.body).length
  const empty = reply.status === 204 || reply.status === 304
  response.writeHead(reply.status, { ...reply.headers, ...(empty ? {} : { 'content-length': String(length) }) })
}

export function send(response: ServerResponse, reply: Reply): void {
  if (response.destroyed) return
  writeHead(response, reply)
  response.end(reply.body)
}

/** Sends `sent` and then closes the connection. */
export function sendThenDrop(response: ServerResponse, reply: Reply, sent: Buffer, claimed: number): void {
  if (response.destroyed) return
  writeHead(response, reply, claimed)
  response.flushHeaders()
  const drop = () => setTimeout(() => response.socket?.destroy(), 20).unref()
  if (sent.length === 0) drop()
  else response.write(sent, drop)
}

export function sendSlowly(response: ServerResponse, reply: Reply, bytesPerSecond: number): void {
  if (response.destroyed) return
  const body = toBuffer(reply.body)
  const ticks = Math.min(10, bytesPerSecond)
  const portion = Math.max(1, Math.round(bytesPerSecond / ticks))
  let sent = 0
  writeHead(response, reply)
  response.flushHeaders()
  const timer = setInterval(() => {
    response.write(body.subarray(sent, sent + portion))
    sent += portion
    if (sent < body.length) return
    clearInterval(timer)
    response.end()
  }, 1000 / ticks)
  response.on('close', () => clearInterval(timer))
}
