import { type ControlRoutes, createCommonControls, toObject, toOptionalText } from '../http/controls.ts'
import { listen } from '../http/listen.ts'
import { createSwitchboard, type UpstreamControl } from '../http/switchboard.ts'
import type { CrmRecord, EventProperty, World } from '../world/types.ts'
import { createLionDeskApp } from './app.ts'
import { createCrm } from './crm.ts'
import { createRecords } from './records.ts'
import { createLionDeskSettings, type LionDeskSettings } from './settings.ts'
import { createLionDeskTokens, credentials, type TokenReply } from './tokens.ts'
import { createLionDeskUpstream, operations } from './upstream.ts'

export interface LionDeskControl extends UpstreamControl<LionDeskSettings> {
  /** Returns the current records of one event or of all. */
  records(eventId?: string): EventProperty[]
  /** Adds records to an event without validation. Omitted fields are null. */
  addRecords(eventId: string, values?: Record<string, string | null>, count?: number): EventProperty[]
  /** Returns false if there is no such record. */
  removeRecord(id: string): boolean
  /** Removes the record after the next list call. If called for several records, each list call removes one. */
  removeRecordAfterFind(id: string): void
  /** Adds a contact of the first user without validation. Omitted fields are null. */
  addContact(values?: Record<string, string | number | null>): CrmRecord
  addEvent(contactId: string, values?: Record<string, string | number | null>): CrmRecord
  /** Revokes an access or refresh token, or all tokens. */
  revokeToken(token?: string): void
  /** Expires an access token, or all of them. */
  expireToken(token?: string): void
  /** Issues a pair of tokens without the browser flow. */
  issueTokens(userId?: string): TokenReply
}

export async function startLionDesk(world: World, host: string, port: number) {
  const settings = createLionDeskSettings()
  const tokens = createLionDeskTokens(settings.current)
  const records = createRecords(world, settings.current)
  const crm = createCrm(world, settings.current)
  const {
    faults,
    journal,
    control: common,
  } = createSwitchboard(settings, operations, () => {
    tokens.reset()
    records.reset()
    crm.reset()
  })
  const control: LionDeskControl = {
    ...common,
    records: records.list,
    addRecords: (eventId, values, count = 1) => {
      const event = world.events.find(({ id }) => id === eventId)
      if (event === undefined) throw new TypeError(`There is no event ${eventId}`)
      return Array.from({ length: count }, () => records.add(event, values))
    },
    removeRecord: records.remove,
    removeRecordAfterFind: records.removeAfterFind,
    addContact: crm.addContact,
    addEvent: crm.addEvent,
    revokeToken: tokens.revoke,
    expireToken: tokens.expire,
    issueTokens: (userId = '1') => tokens.issue({ userId, scope: '' }),
  }
  const readToken = (input: unknown): string | undefined => toOptionalText(toObject(input).token)
  const toFields = (input: unknown) => toObject(input) as Record<string, string | number | null>
  const controls: ControlRoutes = {
    ...createCommonControls({ faults, journal, settings, reset: control.reset }),
    'GET /__records': () => ({ data: control.records() }),
    'POST /__contacts': (input) => control.addContact(toFields(input)),
    'POST /__events': (input) => {
      const { contact_id: contactId, ...given } = toFields(input)
      return control.addEvent(String(contactId), given)
    },
    'POST /__tokens': (input) => control.issueTokens(toOptionalText(toObject(input).user)),
    'POST /__tokens/revoke': (input) => {
      control.revokeToken(readToken(input))
      return { done: true }
    },
    'POST /__tokens/expire': (input) => {
      control.expireToken(readToken(input))
      return { done: true }
    },
  }
  const answer = await createLionDeskApp({ world, tokens, records, crm, settings: settings.current })
  const upstream = createLionDeskUpstream(answer, settings.current)
  const server = await listen({ upstream, controls, faults, journal }, host, port)
  return { url: server.url, ...credentials, control, close: server.close }
}
