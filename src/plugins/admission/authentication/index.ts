import type { FastifyRequest, RouteOptions } from 'fastify'
import fp from 'fastify-plugin'
import { allGrants, type Caller, type Scope, scopes } from '#src/access-control.ts'
import type { JwtConfig } from '#src/config.ts'
import { Problem } from '#src/problems.ts'
import type { AuthenticationFailure } from '../../observe/telemetry/metrics.ts'
import { toClientNetwork } from '../rate-limit/client-network.ts'
import { createFixedWindow } from '../rate-limit/fixed-window.ts'
import { createClientDirectory, type TenantClients } from './api-keys.ts'
import type { createTokenReader, Rejection, TokenReader } from './jwt.ts'
import { isJwtClientId } from './jwt-client-id.ts'
import { rejectionDetails } from './rejections.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Replaces the accepted keys with those of these tenants. */
    configureClients(tenants: readonly TenantClients[]): void
    /**
     * Returns the caller with its current configuration, or null if its key, its client or its `leads:read` scope was
     * withdrawn.
     */
    findCurrentCaller(caller: Caller): Caller | null
    /** Returns true if the caller's tenant has, or may have, other clients. */
    hasOtherClients(caller: Caller): boolean
  }
  interface FastifyContextConfig {
    /** The scope that a caller needs, `any` for every authenticated caller, or `public`. Every route sets it. */
    scope?: Scope | 'any' | 'public'
    /** Accepts a ticket in the query in place of credentials, because a browser's EventSource cannot send headers. */
    acceptsTicket?: boolean
  }
}

/** Wrong credentials per client network. */
const maxFailuresPerMinute = 30

interface AuthenticationOptions {
  mode: 'required' | 'off'
  tenants: readonly TenantClients[]
  jwt: JwtConfig | null
  now: () => Date
}

/**
 * Authenticates the request. It runs before the limit by client, which needs the caller. Authorization follows that
 * limit, so that a forbidden request counts against it too.
 */
export default fp<AuthenticationOptions>(
  async (app, { mode, tenants, jwt, now }) => {
    const clients = createClientDirectory(tenants)
    const { resolveTenant } = clients
    const { recordKeyFetch: reportKeyFetch } = app.metrics
    const readToken = jwt && (await loadTokenReader(jwt, { resolveTenant, now, reportKeyFetch }))
    const failedAttempts = createFixedWindow(maxFailuresPerMinute, () => now().getTime())
    app.decorate('configureClients', clients.configure)

    /** With authentication off, every request has this caller, which may do everything. */
    const localCaller: Caller | null =
      mode === 'off' && tenants[0]
        ? { tenant: tenants[0].id, client: 'local', scopes: new Set(scopes), grants: allGrants }
        : null

    const findConfiguredCaller = (caller: Caller): Caller | null => {
      if (localCaller) return localCaller
      if (!isJwtClientId(caller.client)) return clients.findCurrent(caller)
      return readToken && clients.resolveTenant(caller.tenant) !== null ? caller : null
    }

    const findCurrentCaller = (caller: Caller): Caller | null => {
      const { onlyFeed, expiresAt } = caller
      const configuredCaller = findConfiguredCaller(caller)
      if (!configuredCaller?.scopes.has('leads:read') || onlyFeed === undefined)
        return onlyFeed === undefined ? configuredCaller : null
      const scopes = caller.scopes.intersection(configuredCaller.scopes)
      return { ...configuredCaller, scopes, onlyFeed, ...(expiresAt !== undefined && { expiresAt }) }
    }
    app.decorate('findCurrentCaller', findCurrentCaller)
    // The gateway cannot know how many clients an issuer has.
    app.decorate('hasOtherClients', ({ tenant }) => readToken !== null || clients.countClients(tenant) > 1)

    const findCaller = ({ key, token, ticket }: Credentials): AuthenticationResult | Promise<AuthenticationResult> => {
      if (key !== undefined) return clients.findByKey(key)
      if (token !== undefined) return readToken ? readToken(token) : null
      return ticket === undefined ? null : findCurrentCaller(app.gateway.feed.redeem(ticket))
    }

    const authenticate = (request: FastifyRequest): AuthenticationResult | Promise<AuthenticationResult> => {
      const credentials = readCredentials(request)
      const count = countCredentials(credentials)
      if (count === 0)
        return (
          localCaller ?? rejectUnauthenticated(request, 'missing', 'Send an API key in X-API-Key, or a bearer token.')
        )
      if (localCaller && credentials.ticket === undefined) return localCaller
      if (count > 1)
        return rejectUnauthenticated(
          request,
          'several',
          'Send only one of these: an API key, a bearer token or a ticket.',
        )
      return findCaller(credentials)
    }

    const rejectUnauthenticated = (
      request: FastifyRequest,
      reason: AuthenticationFailure,
      detail: string,
      challenge?: string,
    ): never => {
      app.metrics.recordAuthFailure(reason)
      if (request.trace) request.trace.authFailure = reason
      throw new Problem('unauthenticated', { detail, ...(challenge !== undefined && { challenge }) })
    }

    const rejectInvalid = (request: FastifyRequest, rejection: Rejection | null): never => {
      const { isExceeded, resetSeconds } = failedAttempts.take(toClientNetwork(request.ip))
      if (isExceeded) {
        app.metrics.recordRateLimited('credentials')
        throw new Problem('rate-limited', {
          detail: 'Your network address sent too many wrong credentials.',
          retryAfter: resetSeconds,
        })
      }
      if (rejection === null) return rejectUnauthenticated(request, 'invalid', 'The credentials are not valid.')
      const description = rejectionDetails[rejection.rejection]
      const challenge = `error="invalid_token", error_description="${description}"`
      return rejectUnauthenticated(request, rejection.rejection, description, challenge)
    }

    const routes: RouteOptions[] = []
    app.addHook('onRoute', (route) => {
      routes.push(route)
    })
    app.addHook('onReady', async () => {
      const unscopedRoute = routes.find(({ config }) => !config?.scope)
      if (unscopedRoute) throw new TypeError(`the route ${unscopedRoute.url} sets no scope`)
    })

    const setCaller = (request: FastifyRequest, found: AuthenticationResult): void => {
      request.caller = found === null || 'rejection' in found ? rejectInvalid(request, found) : found
    }

    app.addHook('onRequest', (request, reply, done) => {
      const { scope } = request.route.config
      if (scope === undefined || scope === 'public') return done()
      // Shared caches must not store any response of a private route, errors included.
      reply.header('cache-control', 'no-store')
      const found = authenticate(request)
      if (found instanceof Promise) return found.then((caller) => setCaller(request, caller))
      setCaller(request, found)
      done()
    })
  },
  { name: 'authentication', dependencies: ['request-state', 'telemetry'] },
)

/** Loads `jose` only if the gateway accepts tokens. */
const loadTokenReader: (...settings: Parameters<typeof createTokenReader>) => Promise<TokenReader> = async (
  ...settings
) => {
  const { createTokenReader } = await import('./jwt.ts')
  return createTokenReader(...settings)
}

type AuthenticationResult = Caller | Rejection | null

interface Credentials {
  key: string | undefined
  token: string | undefined
  ticket: string | undefined
}

const countCredentials = ({ key, token, ticket }: Credentials): number =>
  (key === undefined ? 0 : 1) + (token === undefined ? 0 : 1) + (ticket === undefined ? 0 : 1)

const bearerPattern = /^bearer +(\S+)$/i

/** A malformed Authorization header counts as a wrong token, not as a missing one. */
const readCredentials = ({ headers, query, route }: FastifyRequest): Credentials => {
  const { authorization } = headers
  const key = headers['x-api-key']
  const token = authorization === undefined ? undefined : (bearerPattern.exec(authorization)?.[1] ?? '')
  const { ticket } = query as { ticket?: unknown }
  return {
    key: typeof key === 'string' ? key : undefined,
    // Generated clients send their one credential in both headers.
    token: token === key ? undefined : token,
    ticket: route.config.acceptsTicket && typeof ticket === 'string' ? ticket : undefined,
  }
}
