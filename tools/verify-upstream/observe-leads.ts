/** Order, pages and range ends of the lead reports: what `SPACIO_PAGING=direct` would rest on. */
import type { Visit } from './check.ts'
import { type LeadPage, leadPages, timesOf } from './lead-pages.ts'
import type { Look } from './observe.ts'

const signal = new AbortController().signal
const dayMs = 86_400_000
const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10)

/** By page number: several are asked for at the same time. */
const timesInOrder = (pages: readonly LeadPage[]): number[] =>
  pages.toSorted((a, b) => Number(a.form.page ?? 1) - Number(b.form.page ?? 1)).flatMap(({ times }) => times)

const order: Look = ({ clients }) => {
  const times = timesInOrder(leadPages(clients.seen))
  if (new Set(times).size < 3) return null
  const steps = times.slice(1).map((time, index) => time - (times[index] as number))
  if (steps.every((step) => step <= 0)) return `newest first, by dateCreated (${times.length} leads)`
  if (steps.every((step) => step >= 0)) return `oldest first, by dateCreated (${times.length} leads)`
  return `not by dateCreated (${times.length} leads)`
}

const pageSize: Look = ({ clients }) => {
  const full = leadPages(clients.seen).find(({ info }) => (info?.totalPages ?? 0) > 1)
  return full?.info ? `${full.info.resultsOnPage} leads` : null
}

const asked = async (clients: Visit['clients'], { operation, form }: LeadPage, more: Record<string, string>) =>
  clients.ask(operation, { ...form, ...(form.page && { page: '1' }), ...more }, { signal })

const pastTheEnd: Look = async ({ clients }) => {
  const page = leadPages(clients.seen).find(({ info }) => info !== null)
  if (!page?.info) return null
  const beyond = String(page.info.totalPages + 1)
  const { records, info } = await asked(clients, page, { page: beyond })
  return `${records.length} leads, ${info ? 'with' : 'without'} page information`
}

/** Whether a range brings leads of one day. */
const brings = async (clients: Visit['clients'], page: LeadPage, day: number, from: number, to: number) => {
  const range = { startDate: dayOf(day + from * dayMs), endDate: dayOf(day + to * dayMs) }
  const { records } = await asked(clients, page, range)
  return timesOf(records).some((time) => dayOf(time) === dayOf(day))
}

const rangeEnds: Look = async ({ clients }) => {
  const [page] = leadPages(clients.seen).filter(({ times }) => times.length > 0)
  const day = page?.times[0]
  if (!page || day === undefined) return null
  if (await brings(clients, page, day, 0, 0)) return 'both ends are included'
  if (await brings(clients, page, day, -1, 0)) return 'the last day is included, the first is not'
  if (await brings(clients, page, day, 0, 1)) return 'the first day is included, the last is not'
  return (await brings(clients, page, day, -1, 1)) ? 'neither end is included' : null
}

export const leadLooks: Record<string, Look> = {
  'order of leads': order,
  'page size of leads': pageSize,
  'a page past the end': pastTheEnd,
  'ends of a range of days': rangeEnds,
}
