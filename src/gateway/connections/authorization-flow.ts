import { createHash, randomBytes } from 'node:crypto'
import type { Caller } from '#src/access-control.ts'
import { Problem } from '#src/problems.ts'
import type { ValueStore } from '#src/store/store.ts'
import type { LionDeskOAuth } from '#src/upstreams/index.ts'
import type { Signer } from '../crypto/signing.ts'
import {
  completeConnection,
  createParameterProblem,
  createPendingRecord,
  removeAbandoned,
  removePending,
} from './complete-authorization.ts'
import { mapStoreErrors, retryStore } from './repository.ts'
import type { ConnectionTenant } from './tenant-connections.ts'

/** What LionDesk sends a browser back with. */
export interface AuthorizationResponse {
  readonly state: string
  readonly code?: string
  readonly error?: string
  /** Shows that the user was asked: `confirm` of the completion before. */
  readonly confirm?: string
}

/**
 * A connection is complete only once the user has confirmed who asked for it: otherwise a client could have another
 * person follow its link, and use that person's account.
 */
export type Completion =
  /** `client` asked for the connection; `confirm` is what the browser sends once the user has confirmed that. */
  | { readonly isConfirmed: false; readonly client: string; readonly confirm: string }
  | { readonly isConfirmed: true; readonly id: string }

/** Where a browser goes to be asked, and what becomes of it when it comes back. */
export interface AuthorizationFlow {
  start(caller: Caller, tenant: ConnectionTenant, reauthorize?: string): Promise<{ id: string; authorizeUrl: string }>
  complete(authorization: AuthorizationResponse): Promise<Completion>
}

export interface AuthorizationFlowOptions {
  store: ValueStore
  signer: Signer
  getOAuth(tenant: string): LionDeskOAuth
  /** Null: it is not configured (any more). */
  findTenant(id: string): ConnectionTenant | null
  callbackUrl: string
  now: () => Date
}

const consentMinutes = 10
const consentMs = consentMinutes * 60_000

/** A client that begins and never ends must not fill the store. */
const maxConnectionsPerClient = 100

interface PendingAuthorization {
  readonly tenantId: string
  readonly client: string
  readonly id: string
  readonly redirectUri: string
}

/** Not the state itself: whoever reads the store must not be able to come back in another's name. */
const toStoreKey = (state: string): string => `consent ${createHash('sha256').update(state).digest('base64url')}`

const purpose = 'consent confirmation'

/** Only the browser that LionDesk sent back knows both. */
const digestResponse = (state: string, code: string): string =>
  createHash('sha256').update(`${state}\0${code}`).digest('base64url')

export const createAuthorizationFlow = ({
  store,
  signer,
  getOAuth,
  findTenant,
  callbackUrl,
  now,
}: AuthorizationFlowOptions): AuthorizationFlow => {
  const begin = async ({ client }: Caller, { users }: ConnectionTenant): Promise<string> => {
    const time = now().getTime()
    const all = [...(await users.view.readCurrent()).values()]
    const remaining = await removeAbandoned(users, all, time)
    if (remaining.filter(({ record }) => record.client === client).length >= maxConnectionsPerClient)
      throw createTooManyConnections()
    const id = `c${randomBytes(12).toString('hex')}`
    users.view.note(await users.repository.put(id, createPendingRecord(client, time, time + consentMs)))
    return id
  }

  /** `take`: the state is used up. */
  const readAuthorization = async (
    state: string,
    read: 'get' | 'take',
  ): Promise<{ tenant: ConnectionTenant } & PendingAuthorization> => {
    const text = await mapStoreErrors(() => store[read](toStoreKey(state)))
    const found = text === null ? null : (JSON.parse(text) as PendingAuthorization)
    const tenant = found && findTenant(found.tenantId)
    if (!found || !tenant)
      throw createParameterProblem('state', `was used already, is older than ${consentMinutes} minutes, or is not ours`)
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
    // Whose it is helps to tell connections apart, and is worth no failure.
    const user = await oauth.getUser(issued.accessToken).catch(() => null)
    return { issued, user }
  }

  return {
    start: async (caller, tenant, reauthorize) => {
      const application = tenant.getApplication()
      if (!application) throw createNoApplication()
      const id = reauthorize ?? (await begin(caller, tenant))
      const state = randomBytes(32).toString('base64url')
      const readAuthorization: PendingAuthorization = {
        tenantId: tenant.id,
        client: caller.client,
        id,
        redirectUri: callbackUrl,
      }
      await mapStoreErrors(() => store.set(toStoreKey(state), JSON.stringify(readAuthorization), consentMs))
      return { id, authorizeUrl: getOAuth(tenant.id).getAuthorizeUrl(application, callbackUrl, state) }
    },

    complete: async ({ state, code, error, confirm }) => {
      if (error === undefined && code === undefined) throw createParameterProblem('code', 'is missing')
      if (error !== undefined || code === undefined) {
        const { tenant, id } = await readAuthorization(state, 'take')
        await removePending(tenant.users, id)
        throw createRefusal(error ?? '')
      }
      const digest = digestResponse(state, code)
      if (confirm === undefined) {
        const { client } = await readAuthorization(state, 'get')
        return { isConfirmed: false, client, confirm: signer.sign(purpose, digest) }
      }
      if (signer.open(purpose, confirm) !== digest)
        throw createParameterProblem('confirm', 'does not belong to this state and code')
      const authorization = await readAuthorization(state, 'take')
      const { users } = authorization.tenant
      const { issued, user } = await exchangeCode(code, authorization)
      users.view.note(await retryStore(() => completeConnection(users, authorization, issued, user)))
      return { isConfirmed: true, id: authorization.id }
    },
  }
}

/** What `error` says, as in RFC 6749, section 4.1.2.1; its text never passes. */
const createRefusal = (error: string): Problem => {
  if (error === 'access_denied')
    return createParameterProblem('error', 'says that access was refused: nothing was connected')
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
