/** A proxy in front of a gateway that changes its responses or requests. */
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { request } from './http.ts'

export interface ProxiedReply {
  status: number
  headers: Record<string, string | string[] | undefined>
  /** Parsed if it is JSON. */
  body: any
}

export interface Mutation {
  /** Returns another path, or changes the headers. */
  ask?(path: string, headers: IncomingHttpHeaders, method: string): string | undefined
  /** Changes its argument. */
  answer?(passed: ProxiedReply, path: string, method: string): void
}

const omittedHeaders = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'keep-alive', 'expect'])

const filterHeaders = <T>(headers: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !omittedHeaders.has(name)))

export const startProxy = async (target: string) => {
  let mutation: Mutation = {}
  const server = createServer(async (incoming, reply) => {
    const { method = 'GET', url = '', headers } = incoming
    const body = await buffer(incoming)
    const path = mutation.ask?.(url, headers, method) ?? url
    const answer = await request(target + path, {
      method: method as 'GET',
      headers: filterHeaders(headers),
      ...(body.length > 0 && { body }),
    })
    const text = await answer.body.text()
    const isJson = /[/+]json/.test(String(answer.headers['content-type'])) && text !== ''
    const passed: ProxiedReply = {
      status: answer.statusCode,
      headers: filterHeaders(answer.headers as Record<string, string>),
      body: isJson ? JSON.parse(text) : text,
    }
    mutation.answer?.(passed, url, method)
    reply.writeHead(passed.status, passed.headers)
    reply.end(typeof passed.body === 'string' ? passed.body : JSON.stringify(passed.body))
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mutate: (next: Mutation) => {
      mutation = next
    },
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
