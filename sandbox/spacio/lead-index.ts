import { compareLeads } from '../world/leads.ts'
import type { Lead, World } from '../world/types.ts'

export type Scope = { bid: string } | { tid: string } | { sid: number }

const keyOf = (scope: Scope): string => Object.entries(scope).join()

const keysOf = (lead: Lead): string[] => [{ bid: lead.bid }, { tid: lead.tid }, { sid: lead.sid }].map(keyOf)

/** Where a lead belongs in a list that is ordered newest first. */
function positionOf(list: readonly Lead[], lead: Lead): number {
  let [low, high] = [0, list.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    const other = list[middle]
    if (other !== undefined && compareLeads(other, lead) < 0) low = middle + 1
    else high = middle
  }
  return low
}

/** How many leads at the head of the list are as new as the moment, or newer. */
function countFrom(list: readonly Lead[], moment: number): number {
  let [low, high] = [0, list.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((list[middle]?.dateCreated ?? 0) >= moment) low = middle + 1
    else high = middle
  }
  return low
}

/** Leads by brokerage, team and property, each list kept newest first, so that a page costs no scan. */
export function createLeadIndex(world: World) {
  const seeded = world.leads
  let lists = new Map<string, Lead[]>()
  let touched = true

  const reset = (): void => {
    if (!touched) return
    touched = false
    world.leads = [...seeded]
    lists = new Map()
    for (const lead of seeded) {
      for (const key of keysOf(lead)) {
        const list = lists.get(key)
        if (list === undefined) lists.set(key, [lead])
        else list.push(lead)
      }
    }
  }
  reset()

  const listsOf = (lead: Lead): Lead[][] => {
    const own = keysOf(lead).map((key) => {
      const list = lists.get(key) ?? []
      lists.set(key, list)
      return list
    })
    return [world.leads, ...own]
  }

  return {
    reset,
    add: (lead: Lead): void => {
      touched = true
      for (const list of listsOf(lead)) list.splice(positionOf(list, lead), 0, lead)
    },
    remove: (id: string): boolean => {
      const lead = world.leads.find((candidate) => candidate.id === id)
      if (lead === undefined) return false
      touched = true
      for (const list of listsOf(lead)) list.splice(list.indexOf(lead), 1)
      return true
    },
    all: (scope: Scope): readonly Lead[] => lists.get(keyOf(scope)) ?? [],
    /** Leads from `start` on and before `end`, newest first. */
    between: (scope: Scope, start: number, end: number): Lead[] => {
      const list = lists.get(keyOf(scope)) ?? []
      return start >= end ? [] : list.slice(countFrom(list, end), countFrom(list, start))
    },
  }
}

export type LeadIndex = ReturnType<typeof createLeadIndex>
