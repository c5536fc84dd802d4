/** Observes order, pages and range ends of the lead reports, on which `SPACIO_PAGING=direct` depends. */

import { dayMs } from '#src/lib/units.ts'
import type { CheckContext } from './check.ts'
import { type LeadPage, listLeadPages, readTimes } from './lead-pages.ts'
import type { Probe } from './probe.ts'

const signal = new AbortController().signal
const toDay = (time: number): string => new Date(time).toISOString().slice(0, 10)

/** Sorted by page number, because pages are requested in parallel. */
const listTimes = (pages: readonly LeadPage[]): number[] =>
  pages.toSorted((a, b) => Number(a.form.page ?? 1) - Number(b.form.page ?? 1)).flatMap(({ times }) => times)

const observeOrder: Probe = ({ clients }) => {
  const times = listTimes(listLeadPages(clients.seen))
  if (new Set(times).size < 3) return null
  const steps = times.slice(1).map((time, index) => time - (times[index] as number))
  if (steps.every((step) => step <= 0)) return `newest first, by dateCreated (${times.length} leads)`
  if (steps.every((step) => step >= 0)) return `oldest first, by dateCreated (${times.length} leads)`
  return `not by dateCreated (${times.length} leads)`
}

const observePageSize: Probe = ({ clients }) => {
  const full = listLeadPages(clients.seen).find(({ info }) => (info?.totalPages ?? 0) > 1)
  return full?.info ? `${full.info.resultsOnPage} leads` : null
}

const requestPage = async (
  clients: CheckContext['clients'],
  { operation, form }: LeadPage,
  more: Record<string, string>,
) => clients.ask(operation, { ...form, ...(form.page && { page: '1' }), ...more }, { signal })

const observePastEnd: Probe = async ({ clients }) => {
  const page = listLeadPages(clients.seen).find(({ info }) => info !== null)
  if (!page?.info) return null
  const beyond = String(page.info.totalPages + 1)
  const { records, info } = await requestPage(clients, page, { page: beyond })
  return `${records.length} leads, ${info ? 'with' : 'without'} page information`
}

/** Returns true if a range includes leads of the day. */
const includesTime = async (
  clients: CheckContext['clients'],
  page: LeadPage,
  day: number,
  from: number,
  to: number,
) => {
  const range = { startDate: toDay(day + from * dayMs), endDate: toDay(day + to * dayMs) }
  const { records } = await requestPage(clients, page, range)
  return readTimes(records).some((time) => toDay(time) === toDay(day))
}

const observeRangeEnds: Probe = async ({ clients }) => {
  const [page] = listLeadPages(clients.seen).filter(({ times }) => times.length > 0)
  const day = page?.times[0]
  if (!page || day === undefined) return null
  if (await includesTime(clients, page, day, 0, 0)) return 'both ends are included'
  if (await includesTime(clients, page, day, -1, 0)) return 'the last day is included, the first is not'
  if (await includesTime(clients, page, day, 0, 1)) return 'the first day is included, the last is not'
  return (await includesTime(clients, page, day, -1, 1)) ? 'neither end is included' : null
}

export const leadProbes: Record<string, Probe> = {
  'order of leads': observeOrder,
  'page size of leads': observePageSize,
  'a page past the end': observePastEnd,
  'ends of a range of days': observeRangeEnds,
}
