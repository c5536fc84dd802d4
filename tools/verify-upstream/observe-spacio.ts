/** How this Spacio words its errors and its JSON, what the key may use, and what becomes of earlier tokens. */
import { isRecord } from '#src/mapping/mapping.ts'
import { isTokenRefusal } from '#src/upstreams/spacio/errors.ts'
import type { Look } from './observe.ts'
import type { Seen } from './watch.ts'

const signal = new AbortController().signal
const v2 = '/api/v2/getRegistrantsByBrokerage'

const version: Look = ({ clients: { seen } }) => {
  const reply = seen.find(({ path }) => path === v2)
  if (!reply) return null
  const isRead =
    reply.status < 300 && reply.body.kind === 'json' && isRecord(reply.body.value) && 'data' in reply.body.value
  return isRead ? 'the key has it' : `refused with HTTP ${reply.status}: v1 is used`
}

const repaired: Look = ({ clients: { seen } }) => {
  const mended = seen.filter(({ system, body, isStrict }) => system === 'spacio' && body.kind === 'json' && !isStrict)
  const names = new Set(mended.map(({ path }) => path.replace('/api/', '')))
  return seen.some(({ system }) => system === 'spacio') ? [...names].join(', ') || 'none' : null
}

/** The names alone: what stands beside them might be anything. */
const layoutOf = ({ body }: Seen): string => {
  if (body.kind === 'text') return 'a bare code'
  if (body.kind === 'unreadable') return 'no JSON'
  if (!isRecord(body.value)) return 'a bare value'
  const names = Object.keys(body.value).filter((name) => /^[A-Za-z_]{1,32}$/.test(name))
  return `{${names.slice(0, 8).join(', ')}}`
}

/** No property has the sid 0. */
const errors: Look = async ({ clients }) => {
  if (!clients.seen.some(({ system }) => system === 'spacio')) return null
  const before = clients.seen.length
  await clients.ask('getProperty', { sid: '0' }, { signal }).catch(() => {})
  const reply = clients.seen[before]
  return reply ? `HTTP ${reply.status}, ${layoutOf(reply)}` : null
}

/** The client has fetched another token of its own meanwhile. */
const tokens: Look = async ({ clients, idIfGiven, known }) => {
  const [sid, agent] = [idIfGiven('sid'), idIfGiven('agent')]
  const hasNewer = clients.seen.filter(({ path }) => path.endsWith('/getAccessToken')).length > 1
  if (!sid || !known.token || !hasNewer || known.listAgentEmail !== agent) return null
  try {
    await clients.ask('getRegistrants', { sid, atoken: known.token }, { signal })
    return 'an earlier one stays good'
  } catch (error) {
    return isTokenRefusal(error) ? 'a new one ends the earlier one' : null
  }
}

export const spacioLooks: Record<string, Look> = {
  'v2 of getRegistrantsByBrokerage': version,
  'replies that are no strict JSON': repaired,
  'layout of an error': errors,
  'access tokens': tokens,
}
