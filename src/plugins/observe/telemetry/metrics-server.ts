import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer } from '../../node-http.ts'

interface MetricsSource {
  readonly contentType: string
  text(): Promise<string>
  onError(error: Error): void
}

/** Serves only `/metrics`, without authentication: the operator restricts access to the port. */
export const createMetricsServer = ({ contentType, text, onError }: MetricsSource) => {
  const server = createServer({ maxHeaderSize: 8 * 1024, headersTimeout: 5_000, requestTimeout: 5_000 })

  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    request.resume()
    const status = getMetricsStatus(request)
    if (status !== 200) return endWithStatus(response, status)
    const body = await text()
    response.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-store' }).end(body)
  }
  server.on('request', (request, response) => {
    respond(request, response).catch(() => endWithStatus(response, 500))
  })

  return {
    listen: (host: string, port: number): Promise<void> =>
      new Promise((resolve, reject) => {
        const fail = (error: Error) => reject(Object.assign(error, { variable: 'FOYER_METRICS_PORT' }))
        server.once('error', fail).listen({ host, port }, () => {
          // A failed `accept`, for lack of descriptors, must not end the process.
          server.off('error', fail).on('error', onError)
          resolve()
        })
      }),
    port: (): number => (server.address() as AddressInfo | null)?.port ?? 0,
    close: (): Promise<void> =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const getMetricsStatus = ({ url = '', method = '' }: IncomingMessage): number => {
  if (url.split('?')[0] !== '/metrics') return 404
  return method === 'GET' || method === 'HEAD' ? 200 : 405
}

const endWithStatus = (response: ServerResponse, status: number): void => {
  if (response.headersSent) response.destroy()
  else response.writeHead(status, status === 405 ? { allow: 'GET, HEAD' } : {}).end()
}
