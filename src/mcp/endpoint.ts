import {
  createMcpHandler,
  isLegacyRequest,
  type McpServer,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server'
import { runInBackground } from '#src/lib/background.ts'
import { createServer, type Session } from './server.ts'

/**
 * Answers one message, in the revision of the protocol that its sender speaks, and forgets it. Streams are not begun:
 * there is nothing to tell before the result, and nothing that changes by itself.
 */
export const answer = async (request: Request, message: unknown, session: Session): Promise<Response> => {
  const isCall = (message as { method?: unknown }).method === 'tools/call'
  const open = () => createServer(session, isCall)
  if (await isLegacyRequest(request, message)) return answerLegacy(request, message, open())
  const { fetch } = createMcpHandler(open, { legacy: 'reject', maxSubscriptions: 0 })
  return fetch(request, { parsedBody: message })
}

const ignore = (): void => {}

/** Of the revisions before 2026-07-28, which most clients speak. */
const answerLegacy = async (request: Request, parsedBody: unknown, server: McpServer): Promise<Response> => {
  const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true })
  await server.connect(transport)
  // A session serves one message: what goes wrong after its answer concerns nobody.
  const close = () => runInBackground(() => server.close(), ignore)
  request.signal.addEventListener('abort', close, { once: true })
  return transport.handleRequest(request, { parsedBody }).finally(close)
}
