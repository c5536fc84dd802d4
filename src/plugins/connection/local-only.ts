import type { IncomingHttpHeaders } from 'node:http'
import fp from 'fastify-plugin'
import { Problem } from '#src/problems.ts'
import { syncHook } from '../sync-hook.ts'

export interface LocalOnlyOptions {
  /** Origins whose pages may call. */
  origins: readonly string[]
}

/**
 * Where nobody has to authenticate, a browser on this machine must not become the way in for a web page. A page reaches
 * the gateway under its own name (DNS rebinding), or across origins without reading the reply.
 */
export default fp<LocalOnlyOptions>(
  async (app, { origins }) => {
    app.addHook(
      'onRequest',
      syncHook(({ raw: { headers, method } }) => {
        if (headers.host !== undefined && !isLoopbackHost(headers.host)) {
          throw createForbiddenProblem('requests to localhost only, and the Host header names another host')
        }
        if (!isOwnPage(headers, method, origins)) {
          throw createForbiddenProblem(
            'its own pages and those of FOYER_CORS_ORIGINS only, and another page sent this request',
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

/** False: the headers that browsers add show that a page of another origin sent it. Programs send none of them. */
const isOwnPage = (headers: IncomingHttpHeaders, method: string | undefined, origins: readonly string[]): boolean => {
  const { origin } = headers
  const site = headers['sec-fetch-site']
  if (origin !== undefined) return origins.includes(origin) || getOriginHost(origin) === headers.host
  if (site === undefined || site === 'same-origin' || site === 'none') return true
  // A link: the page that holds it cannot read the reply, and a GET changes nothing.
  return method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
}

const getOriginHost = (origin: string): string | null => (URL.canParse(origin) ? new URL(origin).host : null)
