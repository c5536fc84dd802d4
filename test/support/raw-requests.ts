import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import type { FastifyInstance } from 'fastify'

export interface RawReply {
  /** 0 if the socket was closed without a response. */
  status: number
  headers: Record<string, string>
  text: string
  /** Parsed if it is JSON. */
  body: any
}

export interface RawServer {
  port: number
  /** Writes the bytes to a new socket and reads until it is closed. */
  send(bytes: string | Buffer): Promise<RawReply>
  close(): Promise<void>
}

/** An app on a port, for requests that no client library can send. */
export const listenRaw = async (app: FastifyInstance): Promise<RawServer> => {
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as { port: number }
  return {
    port,
    send: (bytes) => exchange(port, bytes),
    close: async () => {
      app.server.closeAllConnections()
    },
  }
}

const exchange = (port: number, bytes: string | Buffer): Promise<RawReply> =>
  new Promise((resolve) => {
    const chunks: Buffer[] = []
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('error', () => {})
    socket.on('close', () => resolve(parse(Buffer.concat(chunks).toString())))
  })

const parse = (text: string): RawReply => {
  const [head = '', ...rest] = text.split('\r\n\r\n')
  const [statusLine = '', ...lines] = head.split('\r\n')
  const headers = Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf(':')
      return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()]
    }),
  )
  const body = rest.join('\r\n\r\n')
  return { status: Number(statusLine.split(' ')[1] ?? 0), headers, text: body, body: tryParseJson(body) }
}

const tryParseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

interface Operation {
  parameters?: { name: string; in: string; example?: unknown; schema: Record<string, any> }[]
  requestBody?: unknown
}

const document: { paths: Record<string, Record<string, Operation>> } = JSON.parse(
  readFileSync(new URL('../../openapi/foyer.json', import.meta.url), 'utf8'),
)

/** Every documented path, with parameters that pass validation. */
export const documentedPaths = Object.entries(document.paths).map(([template, operations]) => ({
  template,
  url: findFill(template),
  methods: Object.keys(operations).map((method) => method.toUpperCase()),
}))

/** A documented path with parameters that pass validation. */
export function findFill(template: string): string {
  const values: Record<string, string> = {
    sid: '10101',
    agent: 'agent1@example.com',
    email: 'agent1@example.com',
    brokerageId: 'b1001',
    eventId: '7',
    contactId: '1',
    id: '1',
    code: 'internal',
  }
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`no value for ${name}`)
    return value
  })
}

/** Writes the text to a local port. Resolves with everything that was received until the end. */
export const exchangeRaw = async (port: number, text: string): Promise<string> => {
  const socket = connect(port, '127.0.0.1')
  let received = ''
  socket.setEncoding('utf8').on('data', (chunk) => {
    received += chunk
  })
  socket.write(text)
  await once(socket, 'close')
  return received
}
