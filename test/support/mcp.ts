import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { startSandbox } from '../../sandbox/index.ts'
import { everyGrant, everyScope, writeClients } from './clients.ts'
import { createEnvironment, type GatewayOptions, openGateway } from './test-gateway.ts'

/** `legacy`: the revisions of 2025; `auto`: the revision 2026-07-28. */
export type Era = 'legacy' | 'auto'

export interface ToolAnswer {
  text: string
  isError: boolean
  structured: any
}

/** A gateway with MCP on a port of its own, and clients with several scopes. */
export const openAssistantGateway = async (env: Record<string, string> = {}, options: GatewayOptions = {}) => {
  const sandbox = await startSandbox({ leads: 2_000 })
  const clients = writeClients({
    whole: { scopes: everyScope, grants: everyGrant },
    brokerage: { scopes: everyScope, grants: { brokerages: ['b1001'] } },
    listings: { scopes: ['properties:read'], grants: everyGrant },
  })
  const gateway = await openGateway(
    {
      ...createEnvironment(sandbox),
      FOYER_AUTH: 'required',
      FOYER_CLIENTS_FILE: clients.path,
      FOYER_MCP: 'on',
      FOYER_CORS_ORIGINS: 'https://app.example.com',
      FOYER_TRUST_PROXY: '127.0.0.1',
      ...env,
    },
    options,
  )
  const base = await gateway.app.listen({ port: 0, host: '127.0.0.1' })
  const opened: Client[] = []

  const connect = async (id: keyof typeof clients.keys, mode: Era = 'legacy') => {
    const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } })
    const transport = new StreamableHTTPClientTransport(new URL(`${base}/mcp`), {
      requestInit: { headers: clients.headers(id) },
    })
    await client.connect(transport as any)
    opened.push(client)
    const call = async (name: string, given: Record<string, unknown>): Promise<ToolAnswer> => {
      const result: any = await client.callTool({ name, arguments: given })
      const text = result.content.map((part: any) => part.text).join('\n')
      return { text, isError: result.isError ?? false, structured: result.structuredContent }
    }
    return { client, call }
  }

  return {
    sandbox,
    gateway,
    base,
    clients,
    connect,
    /** Sends a raw message. An MCP client would correct it. */
    post: (body: unknown, headers: Record<string, string> = {}) =>
      fetch(`${base}/mcp`, {
        method: 'POST',
        headers: {
          accept: 'application/json, text/event-stream',
          'content-type': 'application/json',
          ...clients.headers('whole'),
          ...headers,
        },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    close: async () => {
      await Promise.all(opened.map((client) => client.close()))
      await gateway.close()
      await sandbox.close()
    },
  }
}

export type AssistantGateway = Awaited<ReturnType<typeof openAssistantGateway>>
