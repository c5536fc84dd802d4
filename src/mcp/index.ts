import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { Type } from 'typebox'
import { query } from '#schemas/parameters.ts'
import { Problem } from '#src/problems.ts'
import { toToolProblem } from './errors.ts'
import { createInternalGet } from './internal-client.ts'

interface McpOptions {
  isEnabled: boolean
  /** Origins whose pages may call the gateway. */
  origins: readonly string[]
}

const path = '/mcp'

/** A single message. The current revisions have no batches, and a batch would count as a single request. */
const messageSchema = Type.Object({}, { additionalProperties: true })

/**
 * Serves AI assistants through the Model Context Protocol over Streamable HTTP, without sessions. Tools read data only
 * through `app.inject`, so that the REST routes alone enforce scopes, grants and limits. The SDK is loaded only if the
 * endpoint is enabled.
 * @see https://modelcontextprotocol.io/specification
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
        config: { scope: 'any', workClass: 'read', produces: ['application/json'] },
        schema: { hide: true, body: messageSchema, querystring: query({}) },
        onRequest: async ({ headers }) => rejectForeignOrigin(headers.origin, origins),
      },
      async (request, reply) => {
        const { signal } = request.requestContext
        // The requests of a tool take slots. If this request kept its own, all slots could wait for each other.
        if (isToolCall(request.body)) request.releaseSlot()
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

const isToolCall = (message: unknown): boolean => (message as { method?: unknown }).method === 'tools/call'

/** The specification requires this check against DNS rebinding. */
const rejectForeignOrigin = (origin: string | undefined, origins: readonly string[]): void => {
  if (origin === undefined || origins.includes(origin)) return
  throw new Problem('forbidden', { detail: 'Pages of this origin may not call the gateway.' })
}

/** Credentials are not passed to the SDK. */
const isProtocolHeader = (name: string): boolean => name === 'content-type' || name.startsWith('mcp-')

/** The SDK requires both types. The response is always JSON, which content negotiation has already accepted. */
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
