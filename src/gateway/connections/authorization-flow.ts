import { hash, randomBytes } from 'node:crypto'
import type { Caller } from '#src/access-control.ts'
import { minuteMs } from '#src/lib/units.ts'
import { createParameterProblem, Problem } from '#src/problems.ts'
import type { ValueStore } from '#src/store/store.ts'
import type { LionDeskOAuth } from '#src/upstreams/index.ts'
import type { Signer } from '../crypto/signing.ts'
import { mapStoreErrors } from '../store-errors.ts'
import {
  completeConnection,
  createPendingRecord,
  type FindCurrentCaller,
  removeAbandoned,
  removePending,
  requireCurrentClient,
} from './complete-authorization.ts'
import { retryStore } from './repository.ts'
import type { ConnectionTenant } from './tenant-connections.ts'

/** The query of LionDesk's redirect to the callback (RFC 6749, section 4.1.2). */
export interface AuthorizationResponse {
  readonly state: string
  readonly code?: string
  readonly error?: string
  /** The `confirm` value of the unconfirmed completion. It proves that the user saw the confirmation page. */
  readonly confirm?: string
}

/**
 * A connection is complete only after the user has confirmed which client requested it.
 * Otherwise a client could make another person follow its link, and use that person's account.
 */
type Completion =
  /** `client` requested the connection. The browser sends `confirm` back after the user has confirmed. */
  | { readonly isConfirmed: false; readonly client: string; readonly confirm: string }
  | { readonly isConfirmed: true; readonly id: string }

interface AuthorizationFlowOptions {
  store: ValueStore
  signer: Signer
  getOAuth(tenant: string): LionDeskOAuth
  /** Null if the tenant is not configured, or no longer. */
  findTenant(id: string): ConnectionTenant | null
  callbackUrl: string
  now: () => Date
}

const consentMinutes = 10
const consentMs = consentMinutes * minuteMs

/** Limits the pending connections that a client can leave in the store. */
const maxConnectionsPerClient = 100

interface PendingAuthorization {
  readonly tenantId: string
  readonly client: string
  /** The API key of the client; undefined for a JWT. */
  readonly keyId?: string
  readonly id: string
  readonly redirectUri: string
}

/** A hash of the state: read access to the store must not be enough to complete another user's authorization. */
const toStoreKey = (state: string): string => `consent ${hash('sha256', state, 'base64url')}`

const purpose = 'consent confirmation'

/** Binds the confirmation to the browser: only the browser that LionDesk redirected knows both values. */
const digestResponse = (state: string, code: string): string => hash('sha256', `${state}\0${code}`, 'base64url')

/** The OAuth authorization code flow: the redirect to LionDesk and the callback. */
export const createAuthorizationFlow = (options: AuthorizationFlowOptions) => {
  const { store, signer, getOAuth, findTenant, callbackUrl, now } = options

  const createPending = async ({ client }: Caller, { users }: ConnectionTenant): Promise<string> => {
    const time = now().getTime()
    const all = [...(await users.cache.readCurrent()).values()]
    const remaining = await removeAbandoned(users, all, time)
    if (remaining.filter(({ record }) => record.client === client).length >= maxConnectionsPerClient)
      throw createTooManyConnections()
    const id = `c${randomBytes(12).toString('hex')}`
    users.cache.set(await users.repository.put(id, createPendingRecord(client, time, time + consentMs)))
    return id
  }

  /** `take` invalidates the state. */
  const readAuthorization = async (
    state: string,
    read: 'get' | 'take',
  ): Promise<{ tenant: ConnectionTenant } & PendingAuthorization> => {
    const text = await mapStoreErrors(() => store[read](toStoreKey(state)))
    const found = text === null ? null : (JSON.parse(text) as PendingAuthorization)
    const tenant = found && findTenant(found.tenantId)
    if (!found || !tenant)
      throw createParameterProblem(
        'state',
        `is invalid: it was already used, is older than ${consentMinutes} minutes, or does not come from this gateway`,
      )
    return { ...found, tenant }
  }

  const exchangeCode = async (
    code: string,
    { tenant, redirectUri }: { tenant: ConnectionTenant } & PendingAuthorization,
  ) => {
    const application = tenant.getApplication()
    if (!application) throw createNoApplication()
    const oauth = getOAuth(tenant.id)
    const issued = await oauth.exchangeCode(application, { code, redirectUri })
    if (!issued) throw createParameterProblem('code', 'is not accepted by LionDesk: begin again')
    // The user's name only labels the connection, so a failure to read it is ignored.
    const user = await oauth.getUser(issued.accessToken).catch(() => null)
    return { issued, user, clientId: application.clientId }
  }

  return {
    start: async (caller: Caller, tenant: ConnectionTenant, reauthorize?: string) => {
      const application = tenant.getApplication()
      if (!application) throw createNoApplication()
      const id = reauthorize ?? (await createPending(caller, tenant))
      const state = randomBytes(32).toString('base64url')
      const pending: PendingAuthorization = {
        tenantId: tenant.id,
        client: caller.client,
        ...(caller.keyId !== undefined && { keyId: caller.keyId }),
        id,
        redirectUri: callbackUrl,
      }
      await mapStoreErrors(() => store.set(toStoreKey(state), JSON.stringify(pending), consentMs))
      return { id, authorizeUrl: getOAuth(tenant.id).getAuthorizeUrl(application, callbackUrl, state) }
    },

    /** Throws `invalid-request` if the client that started the flow may no longer connect this account. */
    complete: async (
      { state, code, error, confirm }: AuthorizationResponse,
      findCurrentCaller: FindCurrentCaller,
    ): Promise<Completion> => {
      if (error === undefined && code === undefined) throw createParameterProblem('code', 'is missing')
      if (error !== undefined || code === undefined) {
        const { tenant, id } = await readAuthorization(state, 'take')
        await removePending(tenant.users, id)
        throw createAuthorizationProblem(error ?? '')
      }
      const digest = digestResponse(state, code)
      if (confirm === undefined) {
        const authorization = await readAuthorization(state, 'get')
        await requireCurrentClient(authorization, findCurrentCaller)
        return { isConfirmed: false, client: authorization.client, confirm: signer.sign(purpose, digest) }
      }
      if (signer.open(purpose, confirm) !== digest)
        throw createParameterProblem('confirm', 'does not belong to this state and code')
      const authorization = await readAuthorization(state, 'take')
      const { users } = authorization.tenant
      await requireCurrentClient(authorization, findCurrentCaller)
      const { issued, user, clientId } = await exchangeCode(code, authorization)
      users.cache.set(await retryStore(() => completeConnection(users, { ...authorization, clientId }, issued, user)))
      return { isConfirmed: true, id: authorization.id }
    },
  }
}

/** Maps `error` of RFC 6749, section 4.1.2.1. The upstream's text is never passed on. */
const createAuthorizationProblem = (error: string): Problem => {
  if (error === 'access_denied')
    return createParameterProblem('error', 'says that the user denied access: no account was connected')
  const isTrouble = error === 'server_error' || error === 'temporarily_unavailable'
  const upstream = {
    system: 'liondesk',
    operation: 'authorize',
    code: null,
    status: null,
    retryable: isTrouble,
  } as const
  return new Problem(isTrouble ? 'upstream-failed' : 'upstream-credentials', { upstream })
}

const createNoApplication = () =>
  new Problem('conflict', {
    detail: 'No LionDesk application is configured. The operator must set its client id and secret.',
  })

const createTooManyConnections = () =>
  new Problem('conflict', {
    detail: `You have ${maxConnectionsPerClient} connections. Delete one before you create another.`,
  })
