import { createHash } from 'node:crypto'
import type { LogEntry } from '#src/store/store.ts'
import type { Lead } from '../leads/reader.ts'

/** Leads by their id. Spacio may give one id to several visitors. */
export type LeadsById = ReadonlyMap<string, readonly Lead[]>

/** A lead as the log notes it: the time in milliseconds since 1970. */
type Sighting = Pick<LogEntry, 'id' | 'createdAt'>

/** Identical leads of one id are one lead. */
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
 * What the log has to hold. A lead is noted under its id. Where several share an id, all but one are noted under the id
 * and a digest. `logged`: what the log holds already of the ids that are shared.
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

/** In place of a digest: notes for good that nobody can tell which lead the entry of the bare id is of. */
const sharedIdMarker = 'shared-with-other-lead'

/** The ids that several leads share. */
export const getSharedIds = (leads: LeadsById): ReadonlySet<string> =>
  new Set([...leads].flatMap(([id, group]) => (group.length > 1 ? [id] : [])))

/** The id that an entry of the log was noted under, without the digest. */
export const getEntryId = ({ id }: Pick<Sighting, 'id'>): string => parseKey(id).id

/** The lead that an entry of the log is of. */
export const findLead = (leads: LeadsById, entry: Sighting): Lead | undefined => {
  const { id, digest } = parseKey(entry.id)
  const group = leads.get(id) ?? []
  if (digest !== null) return group.find((lead) => getDigest(lead) === digest)
  return group.length === 1 ? group[0] : sortLeads(group.filter((lead) => getTimeMs(lead) === entry.createdAt))[0]
}

/** The lead that the entry of the bare id is of. Undefined: it is in doubt, and a lead twice is better than none. */
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

/** An upstream may give one id to thousands of visitors, who are compared with each other. */
const digests = new WeakMap<Lead, string>()

const getDigest = (lead: Lead): string => {
  const digest = digests.get(lead) ?? computeDigest(lead)
  digests.set(lead, digest)
  return digest
}

/** What tells two visitors apart. It says nothing of them to a reader of the log. */
const computeDigest = ({ id, fullName, email, phone, createdAt }: Lead): string =>
  createHash('sha256')
    .update(JSON.stringify([id, fullName, email, phone, createdAt]))
    .digest('base64url')
    .slice(0, 22)
