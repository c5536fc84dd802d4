/**
 * Serves both upstreams on one port, much faster than the measured programs: `node bench/performance/stub/server.ts
 * PORT`. `POST /__bytes/fresh` and `/__bytes/unchanged` select whether equal requests get equal bytes. `GET /__calls`
 * returns the number of calls.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createReplies } from './replies.ts'
import type { Template } from './template.ts'

const replyTo = createReplies()
let isFresh = false
let calls = 0

const readText = (request: IncomingMessage): Promise<string> =>
  new Promise((resolve) => {
    let text = ''
    request.setEncoding('latin1')
    request.on('data', (chunk: string) => {
      text += chunk
    })
    request.once('end', () => resolve(text))
  })

const handleControl = (url: string): string | null => {
  if (url.startsWith('/__bytes/')) isFresh = url.endsWith('/fresh')
  return url.startsWith('/__') ? String(calls) : null
}

const server = createServer(async (request, response) => {
  const url = request.url ?? ''
  const controlReply = handleControl(url)
  if (controlReply !== null) response.end(controlReply)
  else answer(response, replyTo(url, await readText(request)))
})

const answer = (response: ServerResponse, template: Template | null): void => {
  calls += 1
  if (!template) return void response.writeHead(404).end()
  const bytes = template.render(isFresh ? calls : null)
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes.length }).end(bytes)
}

server.keepAliveTimeout = 60_000
server.listen(Number(process.argv[2]), '127.0.0.1', () => process.send?.('ready'))
process.once('disconnect', () => process.exit(0))
