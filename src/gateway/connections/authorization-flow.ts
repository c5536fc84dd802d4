import { createHash, randomBytes } from 'node:crypto'
import type { Caller } from '#src/access-control.ts'
import { Problem } from '#src/problems.ts'
import type { ValueStore } from '#src/store/store.ts'
import type { LionDeskOAuth } from '#src/upstreams/index.ts'
import type { Signer } from '../crypto/signing.ts'
import { connect, forgetGivenUp, forgetPending, pendingRecord, refused } from './complete-authorization.ts'
import { orUnavailable, patiently } from './repository.ts'
import type { Tenant } from './tenant-connections.ts'

/** What LionDesk sends a browser back with. */
export interface Return {
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
export interface Consent {
  start(caller: Caller, tenant: Tenant, reauthorize?: string): Promise<{ id: string; authorizeUrl: string }>
  complete(back: Return): Promise<Completion>
}

export interface ConsentOptions {
  store: ValueStore
  signer: Signer
  oauthOf(tenant: string): LionDeskOAuth
  /** Null: it is not configured (any more). */
  tenantOf(id: string): Tenant | null
  callbackUrl: string
  now: () => Date
}

const minutes = 10
const consentMs = minutes * 60_000

/** A client that begins and never ends must not fill the store. */
const mostOfClient = 100

interface Expected {
  readonly tenantId: string
  readonly client: string
  readonly id: string
  readonly redirectUri: string
}

/** Not the state itself: whoever reads the store must not be able to come back in another's name. */
const keyOf = (state: string): string => `consent ${createHash('sha256').update(state).digest('base64url')}`

const purpose = 'consent confirmation'

/** Only the browser that LionDesk sent back knows both. */
const digestOf = (state: string, code: string): string =>
  createHash('sha256').update(`${state}\0${code}`).digest('base64url')

export const createConsent = ({ store, signer, oauthOf, tenantOf, callbackUrl, now }: ConsentOptions): Consent => {
  const begin = async ({ client }: Caller, { users }: Tenant): Promise<string> => {
    const time = now().getTime()
    const all = [...(await users.view.present()).values()]
    const left = await forgetGivenUp(users, all, time)
    if (left.filter(({ record }) => record.client === client).length >= mostOfClient) throw tooMany()
    const id = `c${randomBytes(12).toString('hex')}`
    users.view.note(await users.repository.put(id, pendingRecord(client, time, time + consentMs)))
    return id
  }

  /** `take`: the state is used up. */
  const expected = async (state: string, read: 'get' | 'take'): Promise<{ tenant: Tenant } & Expected> => {
    const text = await orUnavailable(() => store[read](keyOf(state)))
    const found = text === null ? null : (JSON.parse(text) as Expected)
    const tenant = found && tenantOf(found.tenantId)
    if (!found || !tenant) throw refused('state', `was used already, is older than ${minutes} minutes, or is not ours`)
    return { ...found, tenant }
  }

  const given = async (code: string, { tenant, redirectUri }: { tenant: Tenant } & Expected) => {
    const application = tenant.application()
    if (!application) throw noApplication()
    const oauth = oauthOf(tenant.id)
    const issued = await oauth.exchange(application, { code, redirectUri })
    if (!issued) throw refused('code', 'is not accepted by LionDesk: begin again')
    // Whose it is helps to tell connections apart, and is worth no failure.
    const user = await oauth.me(issued.accessToken).catch(() => null)
    return { issued, user }
  }

  return {
    start: async (caller, tenant, reauthorize) => {
      const application = tenant.application()
      if (!application) throw noApplication()
      const id = reauthorize ?? (await begin(caller, tenant))
      const state = randomBytes(32).toString('base64url')
      const expected: Expected = { tenantId: tenant.id, client: caller.client, id, redirectUri: callbackUrl }
      await orUnavailable(() => store.set(keyOf(state), JSON.stringify(expected), consentMs))
      return { id, authorizeUrl: oauthOf(tenant.id).authorizeUrl(application, callbackUrl, state) }
    },

    complete: async ({ state, code, error, confirm }) => {
      if (error === undefined && code === undefined) throw refused('code', 'is missing')
      if (error !== undefined || code === undefined) {
        const { tenant, id } = await expected(state, 'take')
        await forgetPending(tenant.users, id)
        throw refusalOf(error ?? '')
      }
      const digest = digestOf(state, code)
      if (confirm === undefined) {
        const { client } = await expected(state, 'get')
        return { isConfirmed: false, client, confirm: signer.sign(purpose, digest) }
      }
      if (signer.open(purpose, confirm) !== digest) throw refused('confirm', 'does not belong to this state and code')
      const back = await expected(state, 'take')
      const { users } = back.tenant
      const { issued, user } = await given(code, back)
      users.view.note(await patiently(() => connect(users, back, issued, user)))
      return { isConfirmed: true, id: back.id }
    },
  }
}

/** What `error` says, as in RFC 6749, section 4.1.2.1; its text never passes. */
const refusalOf = (error: string): Problem => {
  if (error === 'access_denied') return refused('error', 'says that access was refused: nothing was connected')
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

const noApplication = () =>
  new Problem('conflict', {
    detail: 'No LionDesk application is configured. The operator must set its client id and secret.',
  })

const tooMany = () =>
  new Problem('conflict', { detail: `You have ${mostOfClient} connections. Delete one before you create another.` })
