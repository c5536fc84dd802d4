/** Well-known URLs, which OAuth clients, assistants and API directories read first. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { scopes } from '#src/access-control.ts'
import { writeClients } from '../../support/clients.ts'
import { type Issuer, startIssuer } from '../../support/jwt-issuer.ts'
import { openGateway, type TestGateway } from '../../support/test-gateway.ts'

let issuer: Issuer
let gateway: TestGateway

beforeAll(async () => {
  issuer = await startIssuer()
})
afterAll(() => issuer.close())
afterEach(() => gateway.close())

const open = async (env: Record<string, string> = {}): Promise<void> => {
  gateway = await openGateway({ SPACIO_API_KEY: 'k', SPACIO_BASE_URL: 'http://127.0.0.1:9', ...env })
}

const withTokens = (env: Record<string, string> = {}) =>
  open({ FOYER_AUTH: 'required', FOYER_PUBLIC_URL: 'https://api.example.com', ...issuer.env, ...env })

describe('OAuth protected resource metadata (RFC 9728)', () => {
  test('names the issuer, and the scopes as tokens contain them', async () => {
    await withTokens({ FOYER_JWT_SCOPE_PREFIX: 'foyer/' })
    const { status, headers, body } = await gateway.get('/.well-known/oauth-protected-resource')
    expect([status, headers['content-type']]).toEqual([200, 'application/json; charset=utf-8'])
    expect(body).toEqual({
      resource: 'https://api.example.com',
      resource_name: 'Foyer',
      authorization_servers: ['https://login.example.org/'],
      scopes_supported: scopes.map((scope) => `foyer/${scope}`),
      bearer_methods_supported: ['header'],
      resource_documentation: 'https://api.example.com/docs',
    })
  })

  test('a 401 and a missing scope lead to it', async () => {
    await withTokens()
    const metadata = 'resource_metadata="https://api.example.com/.well-known/oauth-protected-resource"'
    const anonymous = await gateway.get('/leads?brokerageId=b1001')
    expect(anonymous.headers['www-authenticate']).toBe(`Bearer realm="Foyer", ${metadata}`)
    const authorization = `Bearer ${await issuer.sign({ sub: 'u', scope: 'properties:read' })}`
    const narrow = await gateway.get('/leads?brokerageId=b1001', { authorization })
    expect(narrow.headers['www-authenticate']).toBe(
      `Bearer realm="Foyer", error="insufficient_scope", scope="leads:read", ${metadata}`,
    )
  })

  test('the endpoint for assistants is a resource with the scopes of its tools', async () => {
    await withTokens({ FOYER_MCP: 'on' })
    const url = 'https://api.example.com/.well-known/oauth-protected-resource/mcp'
    const refused = await gateway.send('POST', '/mcp', { jsonrpc: '2.0', id: 1, method: 'ping' })
    expect(refused.headers['www-authenticate']).toBe(`Bearer realm="Foyer", resource_metadata="${url}"`)
    const { body } = await gateway.get(new URL(url).pathname)
    expect(body.resource).toBe('https://api.example.com/mcp')
    expect(body.scopes_supported).toContain('leads:read')
    expect(body.scopes_supported).not.toContain('tokens:issue')
  })

  test('below a path that a proxy strips, the challenge leads to a URL that the proxy forwards', async () => {
    await withTokens({ FOYER_PUBLIC_URL: 'https://example.com/foyer' })
    const { headers } = await gateway.get('/leads?brokerageId=b1001')
    expect(headers['www-authenticate']).toContain('"https://example.com/foyer/.well-known/oauth-protected-resource"')
    const { body } = await gateway.get('/.well-known/oauth-protected-resource')
    expect(body.resource).toBe('https://example.com/foyer')
  })

  test('a gateway without JWTs has none, and does not name it', async () => {
    const clients = writeClients({ web: { scopes: ['leads:read'] } })
    await open({ FOYER_AUTH: 'required', FOYER_CLIENTS_FILE: clients.path, FOYER_MCP: 'on' })
    for (const path of ['', '/mcp']) {
      expect((await gateway.get(`/.well-known/oauth-protected-resource${path}`)).status).toBe(404)
    }
    expect((await gateway.get('/leads?brokerageId=b1001')).headers['www-authenticate']).toBe('Bearer realm="Foyer"')
  })
})

describe('API catalog (RFC 9727)', () => {
  const type = 'application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"'

  test('leads to the OpenAPI document, the documentation and the health check', async () => {
    await open({ FOYER_PUBLIC_URL: 'https://api.example.com' })
    const { status, headers, body } = await gateway.get('/.well-known/api-catalog')
    expect([status, headers['content-type']]).toEqual([200, type])
    expect(body).toEqual({
      linkset: [
        {
          anchor: 'https://api.example.com/',
          'service-desc': [{ href: 'https://api.example.com/openapi.json', type: 'application/json' }],
          'service-doc': [{ href: 'https://api.example.com/docs', type: 'text/html' }],
          status: [{ href: 'https://api.example.com/health/ready', type: 'application/json' }],
        },
      ],
    })
  })

  test('HEAD names the catalog in a Link header', async () => {
    await open({ FOYER_PUBLIC_URL: 'https://api.example.com' })
    const reply = await gateway.app.inject({ method: 'HEAD', url: '/.well-known/api-catalog' })
    expect(reply.headers.link).toBe('<https://api.example.com/.well-known/api-catalog>; rel="api-catalog"')
  })

  test('without a public URL its links are relative, and each of them exists', async () => {
    await open()
    const { body } = await gateway.get('/.well-known/api-catalog')
    const [api] = body.linkset
    for (const { href, type } of [...api['service-desc'], ...api['service-doc'], ...api.status]) {
      const reply = await gateway.app.inject({ url: href })
      expect([href, reply.statusCode < 400, reply.headers['content-type']]).toEqual([
        href,
        true,
        expect.stringContaining(type),
      ])
    }
  })
})
