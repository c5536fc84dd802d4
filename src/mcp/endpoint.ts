import {
  createMcpHandler,
  isLegacyRequest,
  type McpServer,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server'
import { runInBackground } from '#src/lib/background.ts'
import { createMcpServer, type Session } from './server.ts'

/**
 * Answers one message, in the revision of the protocol that its sender speaks, and forgets it. Streams are not begun:
 * there is nothing to tell before the result, and nothing that changes by itself.
 */
export const handleMessage = async (request: Request, message: unknown, session: Session): Promise<Response> => {
  const isCall = (message as { method?: unknown }).method === 'tools/call'
  const createSessionServer = () => createMcpServer(session, isCall)
  if (await isLegacyRequest(request, message)) return handleLegacyMessage(request, message, createSessionServer())
  const { fetch } = createMcpHandler(createSessionServer, { legacy: 'reject', maxSubscriptions: 0 })
  return fetch(request, { parsedBody: message })
}

const noop = (): void => {}

/** Of the revisions before 2026-07-28, which most clients speak. */
const handleLegacyMessage = async (request: Request, parsedBody: unknown, server: McpServer): Promise<Response> => {
  const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true })
  await server.connect(transport)
  // A session serves one message: what goes wrong after its answer concerns nobody.
  const close = () => runInBackground(() => server.close(), noop)
  request.signal.addEventListener('abort', close, { once: true })
  return transport.handleRequest(request, { parsedBody }).finally(close)
}
