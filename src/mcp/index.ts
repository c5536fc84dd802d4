import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { Type } from 'typebox'
import { query } from '#schemas/parameters.ts'
import { Problem } from '#src/problems.ts'
import { toToolProblem } from './errors.ts'
import { createInternalGet } from './internal-client.ts'

export interface McpOptions {
  isEnabled: boolean
  /** Origins whose pages may call. */
  origins: readonly string[]
}

const path = '/mcp'

/** One message: batches are of a revision that nobody need speak, and would be many requests at the price of one. */
const messageSchema = Type.Object({}, { additionalProperties: true })

/**
 * A second door, for assistants, that goes through the first: Model Context Protocol over Streamable HTTP, without
 * sessions. Whatever a tool reads is asked for by `app.inject`, so that who may see what, and how often, is decided in
 * one place. What the protocol needs is loaded only where it is wanted.
 */
export default fp<McpOptions>(
  async (app, { isEnabled, origins }) => {
    if (!isEnabled) return
    const { handleMessage } = await import('./endpoint.ts')
    const { tools } = await import('./tools/index.ts')
    app.describeResource(path, [...new Set(tools.flatMap(({ scope }) => scope ?? []))])
    app.post(
      path,
      {
        // What a tool asks for takes a place of its own. If this request held one too, all places could wait for each other.
        config: { scope: 'any', takesPlace: false, produces: ['application/json'] },
        schema: { hide: true, body: messageSchema, querystring: query({}) },
        onRequest: async ({ headers }) => rejectForeignOrigin(headers.origin, origins),
      },
      async (request, reply) => {
        const { signal } = request.requestContext
        const response = await handleMessage(toWebRequest(request, signal), request.body, {
          scopes: request.caller?.scopes ?? new Set(),
          get: createInternalGet(app, request, signal),
          reportError: (error) => {
            const document = toToolProblem(error, request.id, app.publicPath)
            if (document.code === 'internal' && !signal.aborted) request.log.error({ err: error }, 'internal error')
            return document
          },
        })
        return sendResponse(response, reply)
      },
    )
  },
  {
    name: 'mcp',
    dependencies: ['request-state', 'authentication', 'call-context', 'body-parsing', 'load-shedding', 'discovery'],
  },
)

/** A page that had its own name lead to this machine would name itself as the origin: the specification has us look. */
const rejectForeignOrigin = (origin: string | undefined, origins: readonly string[]): void => {
  if (origin === undefined || origins.includes(origin)) return
  throw new Problem('forbidden', { detail: 'Pages of this origin may not call the gateway.' })
}

/** The protocol's own headers; credentials stay here. */
const isProtocolHeader = (name: string): boolean => name === 'content-type' || name.startsWith('mcp-')

/** What the SDK insists on. Only JSON is ever sent, and that was negotiated before. */
const acceptHeader = 'application/json, text/event-stream'

const toWebRequest = ({ headers, method, url }: FastifyRequest, signal: AbortSignal): Request => {
  const protocolHeaders = Object.entries(headers).filter(
    ([name, value]) => isProtocolHeader(name) && typeof value === 'string',
  )
  const allHeaders = [['accept', acceptHeader], ...protocolHeaders] as [string, string][]
  return new Request(new URL(url, 'http://localhost'), { method, headers: allHeaders, signal })
}

const sendResponse = async (response: Response, reply: FastifyReply): Promise<FastifyReply> => {
  const type = response.headers.get('content-type')
  reply.code(response.status)
  if (type !== null) reply.type(type)
  return reply.send(await response.text())
}
