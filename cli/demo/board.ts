/** Serves examples/open-house-board on a loopback port: `node cli/demo/board.ts --port 3010 --api URL --key KEY`. */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { parseArgs } from 'node:util'
import { resolveFile } from '../files.ts'

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '3010' },
    api: { type: 'string', default: 'http://127.0.0.1:3000' },
    // The page contains this key, so every visitor can read it.
    key: { type: 'string', default: '' },
  },
})

const read = (name: string): string => readFileSync(resolveFile(`examples/open-house-board/${name}`), 'utf8')

const quoteText = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;')

const page = read('index.html')
  .replace('http://127.0.0.1:3000', () => quoteText(values.api))
  .replace('name="key" content=""', () => `name="key" content="${quoteText(values.key)}"`)

/** All files that are served, so that no request path reaches the file system. */
const files = new Map([
  ['/', { type: 'text/html', text: page }],
  ['/board.css', { type: 'text/css', text: read('board.css') }],
  ['/board.js', { type: 'text/javascript', text: read('board.js') }],
])

const contentSecurityPolicy = "default-src 'self'; img-src data:; connect-src http: https:; frame-ancestors 'none'"

const server = createServer(({ method, url = '' }, reply) => {
  const file = files.get(url.replace(/\?.*/, ''))
  if (!file || (method !== 'GET' && method !== 'HEAD')) {
    reply.writeHead(file ? 405 : 404, file && { allow: 'GET, HEAD' }).end()
    return
  }
  reply.writeHead(200, {
    'content-type': `${file.type}; charset=utf-8`,
    'cache-control': 'no-store',
    'content-security-policy': contentSecurityPolicy,
    'x-content-type-options': 'nosniff',
  })
  reply.end(method === 'HEAD' ? undefined : file.text)
})

server.once('error', ({ code, message }: NodeJS.ErrnoException) => {
  const reason = code === 'EADDRINUSE' ? `port ${values.port} is in use; choose another with --board-port` : message
  process.stderr.write(`The board cannot start: ${reason}.\n`)
  process.exit(1)
})
// The board must not outlive the demo.
process.once('disconnect', () => process.exit(0))
server.listen({ host: '127.0.0.1', port: values.port }, () => process.send?.('ready'))
