/** A proxy that forwards everything unchanged: `node pass-through.ts PORT UPSTREAM_PORT`. */
import httpProxy from '@fastify/http-proxy'
import Fastify from 'fastify'

const [port, upstream] = process.argv.slice(2).map(Number)

const app = Fastify({ logger: false })
await app.register(httpProxy, { upstream: `http://127.0.0.1:${upstream}` })
await app.listen({ port: port as number, host: '127.0.0.1' })
process.send?.('ready')
