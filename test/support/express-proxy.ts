import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream'
import express, { type RequestHandler } from 'express'

export interface ExpressProxy {
  url: string
  close(): void
}

/** A typical proxy in Express. It removes `prefix` from the path of each request. */
export const startExpressProxy = async (
  target: () => string,
  { prefix = '/', before = [] }: { prefix?: string; before?: RequestHandler[] } = {},
): Promise<ExpressProxy> => {
  const app = express()
  app.use(...([prefix, ...before, createForwarder(target)] as Parameters<typeof app.use>))
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

const createForwarder =
  (target: () => string): RequestHandler =>
  (incoming, outgoing) => {
    const { method, url, headers } = incoming
    const sent = request(target() + url, { method, headers, agent: false }, (reply) => {
      outgoing.writeHead(reply.statusCode ?? 502, reply.headers)
      pipeline(reply, outgoing, () => {})
    })
    sent.on('error', () => outgoing.destroy())
    outgoing.once('close', () => sent.destroy())
    pipeline(incoming, sent, () => {})
  }
