/**
 * Measures the minimum cost of a request: Fastify, a constant body, and as many headers as the gateway sends. `node
 * constant.ts PORT`.
 */
import Fastify from 'fastify'

const [port] = process.argv.slice(2).map(Number)

const property = {
  ...{ sid: 10101, listingId: 'AB123456', title: 'Waterfront apartment with a view', listPrice: 2300000 },
  ...{ bedroomsTotal: 2, bathroomsTotal: 2.5, livingArea: null, propertySubType: 'Apartment' },
  ...{ unparsedAddress: '231 Beach Ave.', streetAdditionalInfo: null, listAgentEmail: 'agent1@example.com' },
  ...{ listingUrl: 'https://listings.example.com/10101', photoUrls: ['https://photos.example.com/10101.jpg'] },
}

const headers = {
  'x-request-id': '00000000-0000-4000-8000-000000000000',
  'content-security-policy': "default-src 'none';frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cache-control': 'private, no-cache',
  'server-timing': 'cache;desc=hit, total;dur=0.4',
  'ratelimit-policy': '"client";q=600;w=60, "spacio-hour";q=11400;w=3600',
  ratelimit: '"client";r=599;t=60, "spacio-hour";r=11400;t=2400',
  etag: '"0123456789abcdefghijklmnopq"',
  'cache-status': 'Foyer; hit; ttl=59',
  age: '1',
  vary: 'X-API-Key, Authorization, Accept',
}

const app = Fastify({ logger: false })
app.get('/properties/:sid', async (_request, reply) => {
  reply.headers(headers)
  return property
})
await app.listen({ port: port as number, host: '127.0.0.1' })
process.send?.('ready')
