import { type ControlRoutes, createCommonControls, toObject, toOptionalText } from '../http/controls.ts'
import { listen } from '../http/listen.ts'
import { createSwitchboard, type UpstreamControl } from '../http/switchboard.ts'
import type { EventProperty, World } from '../world/types.ts'
import { createLionDeskApp } from './app.ts'
import { createRecords } from './records.ts'
import { createLionDeskSettings, type LionDeskSettings } from './settings.ts'
import { createLionDeskTokens, credentials, type TokenReply } from './tokens.ts'
import { createLionDeskUpstream, operations } from './upstream.ts'

export interface LionDeskControl extends UpstreamControl<LionDeskSettings> {
  /** The records as they are now, of one event or of all. */
  records(eventId?: string): EventProperty[]
  /** Adds records to an event, past all rules; what is not given is null. */
  addRecords(eventId: string, given?: Record<string, string | null>, count?: number): EventProperty[]
  /** False: there is none. */
  removeRecord(id: string): boolean
  /** The record vanishes once the next list was answered; of several, one after each list. */
  removeRecordAfterFind(id: string): void
  /** Takes an access or refresh token away, or all of both. */
  revokeToken(token?: string): void
  /** Lets an access token run out, or all of them. */
  expireToken(token?: string): void
  /** A new pair of tokens without the browser's round trip. */
  issueTokens(userId?: string): TokenReply
}

export async function startLionDesk(world: World, host: string, port: number) {
  const settings = createLionDeskSettings()
  const tokens = createLionDeskTokens(settings.current)
  const records = createRecords(world, settings.current)
  const {
    faults,
    journal,
    control: common,
  } = createSwitchboard(settings, operations, () => {
    tokens.reset()
    records.reset()
  })
  const control: LionDeskControl = {
    ...common,
    records: records.list,
    addRecords: (eventId, given, count = 1) => {
      const event = world.events.find(({ id }) => id === eventId)
      if (event === undefined) throw new TypeError(`There is no event ${eventId}`)
      return Array.from({ length: count }, () => records.add(event, given))
    },
    removeRecord: records.remove,
    removeRecordAfterFind: records.removeAfterFind,
    revokeToken: tokens.revoke,
    expireToken: tokens.expire,
    issueTokens: (userId = '1') => tokens.issue({ userId, scope: '' }),
  }
  const readToken = (input: unknown): string | undefined => toOptionalText(toObject(input).token)
  const controls: ControlRoutes = {
    ...createCommonControls({ faults, journal, settings, reset: control.reset }),
    'GET /__records': () => ({ data: control.records() }),
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
  const answer = await createLionDeskApp({ world, tokens, records, settings: settings.current })
  const upstream = createLionDeskUpstream(answer, settings.current)
  const server = await listen({ upstream, controls, faults, journal }, host, port)
  return { url: server.url, ...credentials, control, close: server.close }
}
