import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { request as ask } from './http.ts'

export interface CollectedSpan {
  name: string
  kind: number
  traceId: string
  spanId: string
  parentSpanId?: string
  startTimeUnixNano: string
  endTimeUnixNano: string
  attributes: Record<string, unknown>
  status: { code?: number; message?: string }
}

export interface Collector {
  url: string
  /** Everything that was received, unchanged. */
  bodies: string[]
  paths: string[]
  spans(): CollectedSpan[]
  /** Deliveries that wait for a response, after everything that has happened so far has arrived. */
  waiting(): Promise<number>
  close(): Promise<void>
}

/** Receives spans as OTLP over HTTP, in JSON. `answer`: the response to each delivery. */
export const startCollector = async (answer: 'takes' | 'refuses' | 'hangs' = 'takes'): Promise<Collector> => {
  const bodies: string[] = []
  const paths: string[] = []
  let waiting = 0
  const server = createServer(async (request, response) => {
    if (request.method === 'GET') return response.end()
    waiting += 1
    response.once('close', () => {
      waiting -= 1
    })
    paths.push(request.url ?? '')
    bodies.push(await text(request))
    if (answer === 'hangs') return undefined
    return response.writeHead(answer === 'takes' ? 200 : 500, { 'content-type': 'application/json' }).end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    bodies,
    paths,
    spans: () => bodies.flatMap(listSpans),
    waiting: async () => {
      for (let turn = 0; turn < 50; turn += 1) await ask(url).then(({ body }) => body.dump())
      return waiting
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

const listSpans = (body: string): CollectedSpan[] =>
  JSON.parse(body)
    .resourceSpans.flatMap(({ scopeSpans }: any) => scopeSpans)
    .flatMap(({ spans }: any) => spans)
    .map(({ attributes, ...span }: any) => ({ ...span, attributes: toPlainAttributes(attributes) }))

const toPlainAttributes = (attributes: { key: string; value: Record<string, unknown> }[]) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
