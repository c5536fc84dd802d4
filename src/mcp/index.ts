import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { Type } from 'typebox'
import { query } from '#schemas/parameters.ts'
import { Problem } from '#src/problems.ts'
import { documentOf } from './errors.ts'
import { createAsk } from './internal-client.ts'

export interface McpOptions {
  isOn: boolean
  /** Origins whose pages may call. */
  origins: readonly string[]
}

/** One message: batches are of a revision that nobody need speak, and would be many requests at the price of one. */
const message = Type.Object({}, { additionalProperties: true })

/**
 * A second door, for assistants, that goes through the first: Model Context Protocol over Streamable HTTP, without
 * sessions. Whatever a tool reads is asked for by `app.inject`, so that who may see what, and how often, is decided in
 * one place. What the protocol needs is loaded only where it is wanted.
 */
export default fp<McpOptions>(
  async (app, { isOn, origins }) => {
    if (!isOn) return
    const { answer } = await import('./endpoint.ts')
    app.post(
      '/mcp',
      {
        // What a tool asks for takes a place of its own. If this request held one too, all places could wait for each other.
        config: { scope: 'any', takesPlace: false, produces: ['application/json'] },
        schema: { hide: true, body: message, querystring: query({}) },
        onRequest: async ({ headers }) => refuseForeignPage(headers.origin, origins),
      },
      async (request, reply) => {
        const { signal } = request.call
        const response = await answer(webRequestOf(request, signal), request.body, {
          scopes: request.caller?.scopes ?? new Set(),
          ask: createAsk(app, request, signal),
          refuse: (error) => {
            const document = documentOf(error, request.id, app.publicPath)
            if (document.code === 'internal' && !signal.aborted) request.log.error({ err: error }, 'internal error')
            return document
          },
        })
        return send(response, reply)
      },
    )
  },
  { name: 'mcp', dependencies: ['authentication', 'calls', 'bodies', 'shedding'] },
)

/** A page that had its own name lead to this machine would name itself as the origin: the specification has us look. */
const refuseForeignPage = (origin: string | undefined, origins: readonly string[]): void => {
  if (origin === undefined || origins.includes(origin)) return
  throw new Problem('forbidden', { detail: 'Pages of this origin may not call the gateway.' })
}

/** The protocol's own headers; credentials stay here. */
const isOfProtocol = (name: string): boolean => name === 'content-type' || name.startsWith('mcp-')

/** What the SDK insists on. Only JSON is ever sent, and that was negotiated before. */
const accept = 'application/json, text/event-stream'

const webRequestOf = ({ headers, method, url }: FastifyRequest, signal: AbortSignal): Request => {
  const kept = Object.entries(headers).filter(([name, value]) => isOfProtocol(name) && typeof value === 'string')
  const all = [['accept', accept], ...kept] as [string, string][]
  return new Request(new URL(url, 'http://localhost'), { method, headers: all, signal })
}

const send = async (response: Response, reply: FastifyReply): Promise<FastifyReply> => {
  const type = response.headers.get('content-type')
  reply.code(response.status)
  if (type !== null) reply.type(type)
  return reply.send(await response.text())
}
