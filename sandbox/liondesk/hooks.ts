import { BadRequest, Forbidden, NotAuthenticated, NotFound } from '@feathersjs/errors'
import type { HookContext, NextFunction } from '@feathersjs/feathers'
import { addDrift, type DriftPlan } from '../http/drift.ts'
import { formatIsoTime } from '../time.ts'
import type { LionDeskEvent, World } from '../world/types.ts'
import { blankInput, readInput } from './fields.ts'
import type { Records } from './records.ts'
import type { LionDeskSettings } from './settings.ts'
import type { LionDeskTokens } from './tokens.ts'

interface HookParts {
  world: World
  tokens: LionDeskTokens
  records: Records
  settings(): Readonly<LionDeskSettings>
}

const ownerOnly = new Set(['update', 'patch', 'remove'])

export const parseBearer = (authorization: unknown): string =>
  /^Bearer (\S+)$/.exec(typeof authorization === 'string' ? authorization : '')?.[1] ?? ''

const drift: DriftPlan = {
  gone: 'city',
  number: { mls: 1021712 },
  unreadable: { listing_price: 'Call for price', listed_at: 'yesterday' },
}

const omitNames = (record: object, names: ReadonlySet<string>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(record).filter(([name]) => !names.has(name)))

export const createAuthenticate =
  (tokens: LionDeskTokens) =>
  async (context: HookContext, next: NextFunction): Promise<void> => {
    const userId = tokens.findUser(parseBearer(context.params.headers?.authorization))
    if (userId === null) throw new NotAuthenticated('Invalid access token')
    context.params.userId = userId
    await next()
  }

/** The hooks around each service call, outermost first. */
export function createHooks({ world, tokens, records, settings }: HookParts) {
  const authorizeEvent = async (context: HookContext, next: NextFunction): Promise<void> => {
    const eventId = String(context.params.route?.eventId)
    const event = world.events.find(({ id }) => id === eventId)
    if (event === undefined) throw new NotFound(`No record found for id '${eventId}'`)
    const owned = event.ownerId === context.params.userId
    if (!owned && (!event.shared || ownerOnly.has(context.method))) throw new Forbidden('No access to this contact')
    if (context.method === 'create' && event.source !== 'api')
      throw new BadRequest('The source of the event is not api')
    context.params.event = event
    context.params.query = { ...context.params.query, api_event_id: event.id }
    // The memory service has a stable default order; another order needs an explicit sort.
    if (context.method === 'find' && settings().order !== 'stable') context.params.query.$sort ??= {}
    context.params.paginate = { default: settings().defaultLimit, max: settings().maximumLimit }
    await next()
  }

  const complete = (data: unknown, event: LionDeskEvent): object => ({
    id: records.nextId(),
    api_event_id: event.id,
    contact_id: event.contactId,
    ...blankInput,
    half_baths: null,
    ...readInput(data),
    created_at: formatIsoTime(Date.now()),
  })

  const readData = async (context: HookContext, next: NextFunction): Promise<void> => {
    const { data, method } = context
    const event: LionDeskEvent = context.params.event
    if (method === 'patch') context.data = readInput(data)
    if (method === 'create') {
      context.data = Array.isArray(data) ? data.map((item) => complete(item, event)) : complete(data, event)
    }
    if (method === 'update') {
      const writableItem = { api_event_id: event.id, contact_id: event.contactId, half_baths: null, created_at: null }
      context.data = { ...writableItem, ...blankInput, ...readInput(data) }
    }
    await next()
  }

  const present = async (context: HookContext, next: NextFunction): Promise<void> => {
    await next()
    if (context.method === 'find') records.noteFind()
    const omittedNames = new Set<string>()
    if (settings().omitId) omittedNames.add('id')
    if (settings().omitCreatedAt) omittedNames.add('created_at')
    const toVisible = (record: object): object => addDrift(omitNames(record, omittedNames), settings().drift, drift)
    const { result } = context
    if (Array.isArray(result)) context.result = result.map(toVisible)
    else
      context.result = Array.isArray(result.data) ? { ...result, data: result.data.map(toVisible) } : toVisible(result)
  }

  return { around: { all: [createAuthenticate(tokens), authorizeEvent, readData, present] } }
}
