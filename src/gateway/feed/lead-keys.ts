import { hash } from 'node:crypto'
import { getOrCreate } from '#src/lib/get-or-create.ts'
import type { LogEntry } from '#src/store/store.ts'
import type { Lead } from '../leads/reader.ts'

/** Groups of leads by id, because Spacio may give one id to several visitors. */
export type LeadsById = ReadonlyMap<string, readonly Lead[]>

/** A log entry of a lead. `createdAt` is in milliseconds since 1970. */
type Sighting = Pick<LogEntry, 'id' | 'createdAt'>

/** Groups leads and drops exact duplicates. */
export const groupById = (leads: readonly Lead[]): LeadsById => {
  const groups = new Map<string, Lead[]>()
  const shared = new Set<string>()
  for (const lead of leads) {
    const group = groups.get(lead.id)
    if (!group) {
      groups.set(lead.id, [lead])
      continue
    }
    shared.add(getOwnKey(group[0] as Lead))
    const before = shared.size
    if (shared.add(getOwnKey(lead)).size > before) group.push(lead)
  }
  return groups
}

/**
 * Returns the log entries for these leads. A lead is logged under its id. If leads share an id, all but one are logged
 * under the id and a digest.
 * `logged`: the existing entries of shared ids.
 */
export const getSightings = (leads: LeadsById, logged: readonly Sighting[]): Sighting[] => {
  const entryById = new Map(logged.map((entry) => [entry.id, entry]))
  return [...leads].flatMap(([id, group]) => {
    if (group.length === 1) return [{ id, createdAt: getTimeMs(group[0] as Lead) }]
    const owner = findOwner(group, entryById)
    const sightings = group.map((lead) => ({ id: lead === owner ? id : getOwnKey(lead), createdAt: getTimeMs(lead) }))
    return owner
      ? sightings
      : [...sightings, { id: `${id} #${sharedIdMarker}`, createdAt: getTimeMs(group[0] as Lead) }]
  })
}

/** Replaces the digest and records permanently that the owner of the bare id's entry is ambiguous. */
const sharedIdMarker = 'shared-with-other-lead'

export const getSharedIds = (leads: LeadsById): ReadonlySet<string> =>
  new Set([...leads].flatMap(([id, group]) => (group.length > 1 ? [id] : [])))

/** Returns the lead id of an entry, without the digest. */
export const getEntryId = ({ id }: Pick<Sighting, 'id'>): string => parseKey(id).id

export const findLead = (leads: LeadsById, entry: Sighting): Lead | undefined => {
  const { id, digest } = parseKey(entry.id)
  const group = leads.get(id) ?? []
  if (digest !== null) return group.find((lead) => getDigest(lead) === digest)
  return group.length === 1 ? group[0] : sortLeads(group.filter((lead) => getTimeMs(lead) === entry.createdAt))[0]
}

/**
 * Returns the lead that the bare id's entry refers to. If that is ambiguous, it returns undefined: a duplicate is
 * better than a lost lead.
 */
const findOwner = (group: readonly Lead[], known: ReadonlyMap<string, Sighting>): Lead | undefined => {
  const { id } = group[0] as Lead
  const entry = known.get(id)
  const others = sortLeads(group.filter((lead) => !known.has(getOwnKey(lead))))
  if (known.has(`${id} #${sharedIdMarker}`)) return undefined
  if (!entry) return others[0]
  const [match, ...more] = others.filter((lead) => getTimeMs(lead) === entry.createdAt)
  return more.length === 0 ? match : undefined
}

const sortLeads = (group: readonly Lead[]): Lead[] =>
  group.toSorted((a, b) => (getTimeMs(a) ?? 0) - (getTimeMs(b) ?? 0) || (getDigest(a) < getDigest(b) ? -1 : 1))

const getTimeMs = ({ createdAt }: Lead): number | null => (createdAt === null ? null : Date.parse(createdAt))

const getOwnKey = (lead: Lead): string => `${lead.id} #${getDigest(lead)}`

const parseKey = (key: string): { id: string; digest: string | null } => {
  const [, id, digest] = /^(.*) #([\w-]{22})$/s.exec(key) ?? []
  return id === undefined || digest === undefined ? { id: key, digest: null } : { id, digest }
}

/** Caches digests, because thousands of visitors may share an id and are then compared with each other. */
const digests = new WeakMap<Lead, string>()

const getDigest = (lead: Lead): string => getOrCreate(digests, lead, () => computeDigest(lead))

/** Distinguishes visitors that share an id. The digest reveals no personal data in the log. */
const computeDigest = ({ id, fullName, email, phone, createdAt }: Lead): string =>
  hash('sha256', JSON.stringify([id, fullName, email, phone, createdAt]), 'base64url').slice(0, 22)
