/** All requests that the sandbox supports, and the bytes of its replies. */

import { type OperationName, operations } from '#src/upstreams/spacio/operations.ts'
import { createLeadIndex } from '../../../sandbox/spacio/lead-index.ts'
import { createMethods } from '../../../sandbox/spacio/methods.ts'
import { createSpacioSettings, type SpacioSettings } from '../../../sandbox/spacio/settings.ts'
import { createTokens } from '../../../sandbox/spacio/tokens.ts'
import { buildWorld } from '../../../sandbox/world/build.ts'
import type { DecodeRequest } from './questions.ts'

export const world = buildWorld({ seed: 1, now: Date.parse('2026-03-15T12:00:00Z'), leads: 600 })

const index = createLeadIndex(world)

const days = { startDate: '2000-01-01', endDate: '2099-12-31' }

export function* listSpacioReplies(changes: Partial<SpacioSettings>): Generator<[DecodeRequest, Buffer], void> {
  const settings = createSpacioSettings()
  settings.set({ emptyKeyed: '[]', ...changes })
  const tokens = createTokens(settings.current)
  const methods = createMethods({ world, index, tokens, settings: settings.current })
  const reply = (operation: OperationName, form: Record<string, string>): [DecodeRequest, Buffer] => {
    const { version, method } = operations[operation]
    return [{ operation, form }, Buffer.from(methods[`${version}/${method}`]?.(form).text as string)]
  }
  const pages = function* (operation: OperationName, form: Record<string, string>) {
    for (let page = 1, last = 1; page <= last; page += 1) {
      const [question, body] = reply(operation, { ...form, page: String(page) })
      last = Number(/"totalPages":(\d+)/.exec(body.toString())?.[1])
      yield [question, body] as [DecodeRequest, Buffer]
    }
  }
  for (const { ukey, email } of world.agents) {
    yield reply('getProperties', { ukey })
    yield reply('getAccessToken', { email })
  }
  for (const { email } of world.managers) yield reply('getAccessTokenBM', { email })
  for (const { sid, email } of world.properties) {
    yield reply('getProperty', { sid: String(sid) })
    yield* pages('getOHSessions', { sid: String(sid) })
    yield reply('getRegistrants', { sid: String(sid), atoken: tokens.issue(email) })
  }
  for (const { bid } of world.brokerages) {
    yield reply('getClaimedList', { bid })
    yield reply('getActivityList', { bid, ...days })
    yield reply('getOHSessionCounts', { bid, ...days })
    yield reply('getRegistrantsByBrokerage', { bid, ...days })
    yield* pages('getRegistrantsByBrokerageV2', { bid, ...days })
  }
  for (const { tid } of world.teams) yield* pages('getRegistrantsByTeam', { tid, ...days })
}

export function* listLiondeskReplies(): Generator<[DecodeRequest, Buffer], void> {
  for (const { id: eventId } of world.events) {
    const data = world.eventProperties.filter((record) => record.api_event_id === eventId)
    const body = JSON.stringify({ total: data.length, limit: 50, skip: 0, data })
    yield [{ operation: 'find', form: { eventId } }, Buffer.from(body)]
    for (const record of data) {
      yield [{ operation: 'get', form: { eventId, id: record.id } }, Buffer.from(JSON.stringify(record))]
    }
  }
}
