/**
 * Observes how Spacio formats errors and JSON, which versions the key may use, and whether tokens replace earlier ones.
 */
import { isRecord } from '#src/mapping/mapping.ts'
import { isTokenRejection } from '#src/upstreams/spacio/errors.ts'
import type { Probe } from './probe.ts'
import type { RecordedExchange } from './watch.ts'

const signal = new AbortController().signal
const v2Path = '/api/v2/getRegistrantsByBrokerage'

const observeVersion: Probe = ({ clients: { seen } }) => {
  const reply = seen.find(({ path }) => path === v2Path)
  if (!reply) return null
  const isRead =
    reply.status < 300 && reply.body.kind === 'json' && isRecord(reply.body.value) && 'data' in reply.body.value
  return isRead ? 'available' : `rejected with HTTP ${reply.status}; v1 is used`
}

const observeRepairs: Probe = ({ clients: { seen } }) => {
  const repairedReplies = seen.filter(
    ({ system, body, isStrict }) => system === 'spacio' && body.kind === 'json' && !isStrict,
  )
  const names = new Set(repairedReplies.map(({ path }) => path.replace('/api/', '')))
  return seen.some(({ system }) => system === 'spacio') ? [...names].join(', ') || 'none' : null
}

/** Returns only names, because values may be personal data. */
const describeLayout = ({ body }: RecordedExchange): string => {
  if (body.kind === 'text') return 'a plain code'
  if (body.kind === 'unreadable') return 'not JSON'
  if (!isRecord(body.value)) return 'a plain value'
  const names = Object.keys(body.value).filter((name) => /^[A-Za-z_]{1,32}$/.test(name))
  return `{${names.slice(0, 8).join(', ')}}`
}

/** No property has the sid 0. */
const observeErrors: Probe = async ({ clients }) => {
  if (!clients.seen.some(({ system }) => system === 'spacio')) return null
  const before = clients.seen.length
  await clients.ask('getProperty', { sid: '0' }, { signal }).catch(() => {})
  const reply = clients.seen[before]
  return reply ? `HTTP ${reply.status}, ${describeLayout(reply)}` : null
}

/** Needs two tokens: the client has fetched another one since the first check. */
const observeTokens: Probe = async ({ clients, findId, findings }) => {
  const [sid, agent] = [findId('sid'), findId('agent')]
  const hasNewer = clients.seen.filter(({ path }) => path.endsWith('/getAccessToken')).length > 1
  if (!sid || !findings.token || !hasNewer || findings.listAgentEmail !== agent) return null
  try {
    await clients.ask('getRegistrants', { sid, atoken: findings.token }, { signal })
    return 'an earlier token stays valid'
  } catch (error) {
    return isTokenRejection(error) ? 'a new token invalidates the earlier one' : null
  }
}

export const spacioProbes: Record<string, Probe> = {
  'v2 of getRegistrantsByBrokerage': observeVersion,
  'replies with invalid JSON': observeRepairs,
  'form of an error': observeErrors,
  'access tokens': observeTokens,
}
