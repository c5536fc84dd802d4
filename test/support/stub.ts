import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Stub {
  url: string
  /** The paths of the requests, in order. */
  paths: string[]
  close(): Promise<void>
}

/** An upstream that sends exactly what a test defines. It is a real server on port 0. */
export const startStub = async (
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Stub> => {
  const paths: string[] = []
  const server = createServer((request, response) => {
    paths.push(request.url ?? '')
    request.resume()
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    paths,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

/** Answers every request with this body. */
export const createAnswer =
  (body: string | Buffer | unknown, status = 200, contentType = 'application/json') =>
  (_request: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(status, { 'content-type': contentType })
    response.end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body))
  }
