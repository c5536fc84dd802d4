import { Forbidden } from '@feathersjs/errors'
import type { HookContext, NextFunction } from '@feathersjs/feathers'
import { MemoryService } from '@feathersjs/memory'
import { addDrift, type DriftPlan } from '../http/drift.ts'
import { makeContact, makeEventRecord } from '../world/crm.ts'
import type { CrmRecord, World } from '../world/types.ts'
import { contactFields, eventFields, type FieldTable } from './fields.ts'
import { createMatcher, createSorter } from './query.ts'
import type { LionDeskSettings } from './settings.ts'

type Settings = () => Readonly<LionDeskSettings>

interface TableParts {
  seed: readonly CrmRecord[]
  fields: FieldTable
  drift: DriftPlan
  mayRead(record: CrmRecord, userId: string): boolean
  settings: Settings
}

/** Not a field of a record. The hook overwrites it, so a client cannot set it. */
const reader = 'reader_user_id'

/** Records that can only be read, in a Feathers memory service. */
function createTable({ seed, fields, drift, mayRead, settings }: TableParts) {
  /** Records that are missing in so many more lists. */
  const delayed = new Map<string, number>()

  const createReaderMatcher = ({ [reader]: userId, ...query }: Record<string, unknown>) => {
    const isMatch = createMatcher(query, settings(), fields)
    return (record: CrmRecord) =>
      userId === undefined || (mayRead(record, String(userId)) && !delayed.has(String(record.id)) && isMatch(record))
  }

  const service = new MemoryService<CrmRecord>({
    paginate: { default: 10 },
    matcher: createReaderMatcher,
    sorter: (sort: unknown) => createSorter(sort, settings(), fields),
  })

  const reset = (): void => {
    delayed.clear()
    service.store = Object.assign(Object.create(null), Object.fromEntries(seed.map((row) => [row.id, { ...row }])))
  }
  reset()

  const endList = (): void => {
    for (const [id, lists] of delayed) {
      if (lists > 1) delayed.set(id, lists - 1)
      else delayed.delete(id)
    }
  }

  const restrict = async (context: HookContext, next: NextFunction): Promise<void> => {
    const { userId, query = {} } = context.params
    if (context.method === 'get') {
      const record = service.store[context.id as string]
      if (record !== undefined && !mayRead(record, userId)) throw new Forbidden('No access to this contact')
      context.params.query = {}
      return next()
    }
    const { ignoreFilters, defaultLimit, maximumLimit, order } = settings()
    const paging = Object.entries(query).filter(([name]) => name.startsWith('$') || !ignoreFilters)
    context.params.query = { ...Object.fromEntries(paging), [reader]: userId }
    if (order !== 'stable') context.params.query.$sort ??= {}
    context.params.paginate = { default: defaultLimit, max: maximumLimit }
    await next()
    endList()
  }

  const present = async (context: HookContext, next: NextFunction): Promise<void> => {
    await next()
    const { omitId, omitCreatedAt, drift: setting } = settings()
    const show = ({ ...record }: Record<string, unknown>) => {
      if (omitId) delete record.id
      if (omitCreatedAt) delete record.created_at
      return addDrift(record, setting, drift)
    }
    const { result } = context
    context.result = Array.isArray(result.data) ? { ...result, data: result.data.map(show) } : show(result)
  }

  return {
    service,
    reset,
    hooks: [restrict, present],
    nextId: (): number => 1 + Math.max(...Object.keys(service.store).map(Number)),
    add: (record: CrmRecord): CrmRecord => {
      service.store[record.id] = record
      if (settings().lateFinds > 0) delayed.set(String(record.id), settings().lateFinds)
      return record
    },
    find: (id: unknown): CrmRecord | undefined => service.store[String(id)],
  }
}

type Given = Record<string, string | number | null>

/** Contacts and events: a user sees those of own contacts, and of contacts that are shared. */
export function createCrm(world: World, settings: Settings) {
  const shared = new Set(world.events.filter((event) => event.shared).map(({ contactId }) => contactId))

  const mayReadContact = ({ id, owner_user_id: owner }: CrmRecord, userId: string): boolean =>
    String(owner) === userId || shared.has(String(id))

  const contacts = createTable({
    seed: world.contacts,
    fields: contactFields,
    drift: { gone: 'company', number: { home_phone: 2_025_550_100 }, unreadable: { modified_at: 'yesterday' } },
    mayRead: mayReadContact,
    settings,
  })
  const events = createTable({
    seed: world.eventRecords,
    fields: eventFields,
    drift: { gone: 'description', number: { site_domain: 7 }, unreadable: { modified_at: 'yesterday' } },
    mayRead: ({ contact_id: contactId }, userId) => {
      const contact = contacts.find(contactId)
      return contact !== undefined && mayReadContact(contact, userId)
    },
    settings,
  })

  return {
    contacts,
    events,
    reset: (): void => {
      contacts.reset()
      events.reset()
    },
    /** A contact of the first user. */
    addContact: (given: Given = {}): CrmRecord =>
      contacts.add({ ...makeContact(contacts.nextId(), '1', Date.now()), ...given }),
    addEvent: (contactId: string, given: Given = {}): CrmRecord => {
      const event = { id: String(events.nextId()), contactId, source: 'api', ownerId: '1' }
      return events.add({ ...makeEventRecord(event, Date.now()), ...given })
    },
  }
}

export type Crm = ReturnType<typeof createCrm>
