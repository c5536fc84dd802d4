import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { applyFault } from './apply-fault.ts'
import { answerControl, type ControlRoutes } from './controls.ts'
import type { Fault, Faults } from './faults.ts'
import type { Journal } from './journal.ts'
import { send } from './send.ts'
import type { Description, Exchange, Reply, Upstream } from './types.ts'
import { createHtmlReply } from './types.ts'

interface ListenParts {
  upstream: Upstream
  controls: ControlRoutes
  faults: Faults
  journal: Journal
}

async function readExchange(request: IncomingMessage, response: ServerResponse): Promise<Exchange> {
  const url = request.url ?? '/'
  const mark = url.indexOf('?')
  const path = mark < 0 ? url : url.slice(0, mark)
  const query = mark < 0 ? '' : url.slice(mark + 1)
  return { request, response, method: request.method ?? 'GET', path, query, body: await buffer(request) }
}

async function createFaultyReply(
  fault: Fault | undefined,
  upstream: Upstream,
  exchange: Exchange,
  description: Description,
) {
  const refusal = fault && toSimulatedError(fault)
  const reached = fault === undefined || fault.applied
  const reply = reached ? await upstream.answer(exchange, description) : createHtmlReply(503, 'Not reached')
  return refusal ? upstream.refuse(refusal, description) : reply
}

function toSimulatedError(fault: Fault) {
  if (fault.kind === 'error') return { kind: fault.kind, code: String(fault.code) }
  if (fault.kind === 'rate-reached') return { kind: fault.kind, resetsIn: fault.resetsIn }
  return fault.kind === 'unauthorized' ? { kind: fault.kind } : undefined
}

async function handle({ upstream, controls, faults, journal }: ListenParts, exchange: Exchange): Promise<void> {
  if (exchange.path.startsWith('/__')) return send(exchange.response, answerControl(controls, exchange))
  const description = await upstream.describe(exchange)
  const entry = journal.record(exchange, description)
  const fault = faults.take(description)
  const reply: Reply = await createFaultyReply(fault, upstream, exchange, description)
  if (fault !== undefined) {
    entry.status = await applyFault(exchange, reply, fault)
    return
  }
  entry.status = reply.status
  send(exchange.response, reply)
}

/** Starts one upstream on its own port, with control calls, journal and faults. */
export async function listen(parts: ListenParts, host: string, port: number) {
  const server = createServer((request, response) => {
    response.on('error', () => {})
    readExchange(request, response)
      .then((exchange) => handle(parts, exchange))
      .catch(() => {
        if (response.headersSent || request.destroyed) response.destroy()
        else send(response, createHtmlReply(500, 'Internal error'))
      })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The sandbox needs a TCP port')
  const close = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    server.closeAllConnections()
    await closed
  }
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`, close }
}
