import type { IncomingHttpHeaders } from 'node:http'
import fp from 'fastify-plugin'
import { Problem } from '#src/problems.ts'
import { syncHook } from '../sync-hook.ts'

interface LocalOnlyOptions {
  /** Origins whose pages may call the gateway. */
  origins: readonly string[]
}

/**
 * Protects a gateway without authentication from web pages in a local browser. A page could reach it through DNS
 * rebinding, or send a cross-origin request without reading the response.
 */
export default fp<LocalOnlyOptions>(
  async (app, { origins }) => {
    app.addHook(
      'onRequest',
      syncHook(({ raw: { headers, method } }) => {
        if (headers.host !== undefined && !isLoopbackHost(headers.host)) {
          throw createForbiddenProblem('only requests to localhost, but the Host header names another host')
        }
        if (!isOwnPage(headers, method, origins)) {
          throw createForbiddenProblem(
            'only its own pages and those of FOYER_CORS_ORIGINS, but another page sent this request',
          )
        }
      }),
    )
  },
  { name: 'local-only' },
)

const createForbiddenProblem = (reason: string): Problem =>
  new Problem('forbidden', { detail: `FOYER_AUTH is off: the gateway answers ${reason}.` })

const isLoopbackHost = (host: string): boolean => /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i.test(host)

/**
 * Returns false if browser headers show that another origin's page sent the request. Other programs send none of these
 * headers.
 */
const isOwnPage = (headers: IncomingHttpHeaders, method: string | undefined, origins: readonly string[]): boolean => {
  const { origin } = headers
  const site = headers['sec-fetch-site']
  if (origin !== undefined) return origins.includes(origin) || getOriginHost(origin) === headers.host
  if (site === undefined || site === 'same-origin' || site === 'none') return true
  // A link is harmless: its page cannot read the response, and GET changes nothing.
  return method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
}

const getOriginHost = (origin: string): string | null => (URL.canParse(origin) ? new URL(origin).host : null)
