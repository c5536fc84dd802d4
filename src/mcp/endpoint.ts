import {
  createMcpHandler,
  isLegacyRequest,
  type McpServer,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server'
import { runInBackground } from '#src/lib/background.ts'
import { createMcpServer, type Session } from './server.ts'

/**
 * Answers a single message in the protocol revision of its sender. It opens no stream and no session, because the
 * server sends nothing but the result.
 */
export const handleMessage = async (request: Request, message: unknown, session: Session): Promise<Response> => {
  const isCall = (message as { method?: unknown }).method === 'tools/call'
  const createSessionServer = () => createMcpServer(session, isCall)
  if (await isLegacyRequest(request, message)) return handleLegacyMessage(request, message, createSessionServer())
  const { fetch } = createMcpHandler(createSessionServer, { legacy: 'reject', maxSubscriptions: 0 })
  return fetch(request, { parsedBody: message })
}

const noop = (): void => {}

/** Handles the revisions before 2026-07-28, which most clients use. */
const handleLegacyMessage = async (request: Request, parsedBody: unknown, server: McpServer): Promise<Response> => {
  const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true })
  await server.connect(transport)
  // Each message has its own server, so errors after the response are irrelevant.
  const close = () => runInBackground(() => server.close(), noop)
  request.signal.addEventListener('abort', close, { once: true })
  return transport.handleRequest(request, { parsedBody }).finally(close)
}
