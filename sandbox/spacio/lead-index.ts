import { compareLeads } from '../world/leads.ts'
import type { Lead, World } from '../world/types.ts'

export type Scope = { bid: string } | { tid: string } | { sid: number }

const toKey = (scope: Scope): string => Object.entries(scope).join()

const listKeys = (lead: Lead): string[] => [{ bid: lead.bid }, { tid: lead.tid }, { sid: lead.sid }].map(toKey)

/** Returns the position of a lead in a list that is ordered newest first. */
function findPosition(list: readonly Lead[], lead: Lead): number {
  let [low, high] = [0, list.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    const other = list[middle]
    if (other !== undefined && compareLeads(other, lead) < 0) low = middle + 1
    else high = middle
  }
  return low
}

/** Returns how many leads are as new as the instant, or newer. */
function countSince(list: readonly Lead[], moment: number): number {
  let [low, high] = [0, list.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((list[middle]?.dateCreated ?? 0) >= moment) low = middle + 1
    else high = middle
  }
  return low
}

/** Leads by brokerage, team and property, ordered newest first, so that a page needs no scan. */
export function createLeadIndex(world: World) {
  const seeded = world.leads
  let lists = new Map<string, Lead[]>()
  let changedLists = true

  const reset = (): void => {
    if (!changedLists) return
    changedLists = false
    world.leads = [...seeded]
    lists = new Map()
    for (const lead of seeded) {
      for (const key of listKeys(lead)) {
        const list = lists.get(key)
        if (list === undefined) lists.set(key, [lead])
        else list.push(lead)
      }
    }
  }
  reset()

  const getLists = (lead: Lead): Lead[][] => {
    const own = listKeys(lead).map((key) => {
      const list = lists.get(key) ?? []
      lists.set(key, list)
      return list
    })
    return [world.leads, ...own]
  }

  return {
    reset,
    add: (lead: Lead): void => {
      changedLists = true
      for (const list of getLists(lead)) list.splice(findPosition(list, lead), 0, lead)
    },
    remove: (id: string): boolean => {
      const lead = world.leads.find((candidate) => candidate.id === id)
      if (lead === undefined) return false
      changedLists = true
      for (const list of getLists(lead)) list.splice(list.indexOf(lead), 1)
      return true
    },
    all: (scope: Scope): readonly Lead[] => lists.get(toKey(scope)) ?? [],
    /** Returns the leads from `start` (inclusive) to `end` (exclusive), newest first. */
    between: (scope: Scope, start: number, end: number): Lead[] => {
      const list = lists.get(toKey(scope)) ?? []
      return start >= end ? [] : list.slice(countSince(list, end), countSince(list, start))
    },
  }
}

export type LeadIndex = ReturnType<typeof createLeadIndex>
