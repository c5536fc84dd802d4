/** The laws of leads: newest first, filters that only narrow, days that are kept, an export that is the list. */
import { type Check, steadily, withQuery } from '../check.ts'
import type { Json } from '../contract.ts'
import { readStrictly } from '../csv.ts'
import type { Target } from '../targets.ts'
import { Broken, hold, Skipped } from '../verdicts.ts'
import { isSame, type Page, pageIn } from './lists.ts'

const timeOf = ({ createdAt }: Json): string => (typeof createdAt === 'string' ? createdAt : '')

const idsOf = ({ data }: Page): unknown[] => data.map(({ id }) => id)

const totalOf = ({ pagination }: Page): number => pagination.total

const orderCheck = ({ name, path }: Target): Check =>
  steadily({
    name: `${name}: newest first, and sort=createdAt turns them`,
    run: async ({ read }) => {
      const newest = pageIn(await read(withQuery(path, { limit: 50 })))
      const times = newest.data.map(timeOf)
      hold(isSame(times, times.toSorted().reverse()), 'not newest first')
      hold(new Set(idsOf(newest)).size === newest.data.length, 'an id that stands twice')
      const offset = Math.max(0, totalOf(newest) - newest.data.length)
      await read(withQuery(path, { sort: 'createdAt', limit: 1 }))
      const turned = pageIn(await read(withQuery(path, { sort: 'createdAt', limit: 50, offset })))
      hold(isSame(idsOf(turned).reverse(), idsOf(newest)), 'sort=createdAt is not the same list turned round')
      return `${newest.data.length} of ${totalOf(newest)} looked at`
    },
  })

const filterCheck = ({ name, path }: Target, field: 'hasAgent' | 'hasFinancing'): Check =>
  steadily({
    name: `${name}: ${field} parts the list`,
    run: async ({ read }) => {
      const counts: number[] = []
      const whole = totalOf(pageIn(await read(withQuery(path, { limit: 1 }))))
      for (const value of ['true', 'false', 'null']) {
        const page = pageIn(await read(withQuery(path, { [field]: value, limit: 50 })))
        hold(
          page.data.every((lead) => String(lead[field]) === value),
          `${field}=${value} holds others too`,
        )
        const others = pageIn(await read(withQuery(path, { [`${field}[ne]`]: value, limit: 1 })))
        hold(totalOf(page) + totalOf(others) === whole, `${field}=${value} and ${field}[ne]=${value} are not the whole`)
        counts.push(totalOf(page))
      }
      const sum = counts.reduce((before, count) => before + count, 0)
      hold(sum === whole, `true, false and null are ${sum} together, and all are ${whole}`)
      return counts.join(' + ')
    },
  })

const daysCheck = ({ name, path }: Target): Check =>
  steadily({
    name: `${name}: from and to are days, both included`,
    run: async ({ ask, read }) => {
      const [lead] = pageIn(await read(withQuery(path, { limit: 1 }))).data
      if (!lead) throw new Skipped('there are no leads')
      const day = timeOf(lead).slice(0, 10)
      const page = pageIn(await read(withQuery(path, { from: day, to: day, limit: 200 })))
      hold(
        page.data.some(({ id }) => id === lead.id),
        `the day of a lead, from and to, does not hold it`,
      )
      hold(
        page.data.every((each) => timeOf(each).startsWith(day)),
        'a day holds leads of other days',
      )
      const turned = await ask(withQuery(path, { from: day, to: '2000-01-01' }))
      hold(turned.status === 400, `to before from: ${turned.status}, not 400`)
      const zone = await ask(withQuery(path, { timeZone: 'Nowhere/At_All' }))
      hold(zone.status === 400, `an unknown timeZone: ${zone.status}, not 400`)
      return `${totalOf(page)} on one day`
    },
  })

const linesIn = (text: string): unknown[] => {
  try {
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line))
  } catch {
    throw new Broken('a line that is no JSON')
  }
}

const exportCheck = ({ name, path }: Target): Check =>
  steadily({
    name: `${name}: the export of a day is its list`,
    run: async ({ read }) => {
      const [lead] = pageIn(await read(withQuery(path, { limit: 1 }))).data
      if (!lead) throw new Skipped('there are no leads')
      const day = timeOf(lead).slice(0, 10)
      const days = { from: day, to: day }
      const page = pageIn(await read(withQuery(path, { ...days, limit: 200 })))
      const exported = (await read(withQuery(path.replace('/leads', '/leads/export'), { ...days, format: 'ndjson' })))
        .text
      const lines = linesIn(exported)
      hold(lines.length === totalOf(page), `${lines.length} lines, where the list has ${totalOf(page)}`)
      const ids = new Set(lines.map((line) => (line as Json).id))
      hold(
        page.data.every(({ id }) => ids.has(id)),
        'a lead of the list is missing in the export',
      )
      return `${lines.length} lines`
    },
  })

const sameTexts = ['id', 'createdAt', 'fullName', 'email', 'phone', 'note'] as const

/** Without the apostrophes that keep a spreadsheet from running a cell. */
const plainText = (value: unknown): string => String(value ?? '').replaceAll("'", '')

const readCsv = (text: string): Record<string, string>[] => {
  try {
    return readStrictly(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    throw new Broken(`the CSV cannot be read back: ${(error as Error).message}`)
  }
}

const csvCheck = ({ name, path }: Target): Check =>
  steadily({
    name: `${name}: CSV reads back as the same leads`,
    run: async ({ read }) => {
      const [lead] = pageIn(await read(withQuery(path, { limit: 1 }))).data
      if (!lead) throw new Skipped('there are no leads')
      const day = timeOf(lead).slice(0, 10)
      const url = withQuery(path.replace('/leads', '/leads/export'), { from: day, to: day })
      const leads = linesIn((await read(withQuery(url, { format: 'ndjson' }))).text) as Json[]
      const rows = readCsv((await read(withQuery(url, { format: 'csv' }))).text)
      hold(rows.length === leads.length, `${rows.length} rows, where NDJSON has ${leads.length} leads`)
      for (const [index, each] of leads.entries()) {
        const other = sameTexts.find((field) => plainText(rows[index]?.[field]) !== plainText(each[field]))
        hold(other === undefined, `row ${index + 1}: ${other} is not that of the lead`)
      }
      return `${rows.length} rows`
    },
  })

const feedCheck = ({ name, path }: Target): Check => ({
  name: `${name}: a feed starts now, and its cursor repeats it`,
  run: async ({ ask, read }) => {
    const feed = path.replace('/leads', '/leads/feed')
    const { body } = await read(feed)
    hold(Array.isArray(body.data) && body.data.length === 0, 'a feed without a cursor has leads of before')
    const cursor = String(body.cursor)
    const one = await read(withQuery(feed, { after: cursor }))
    const two = await read(withQuery(feed, { after: cursor }))
    const before = (one.body.data as Json[]).map(({ id }) => id)
    const after = (two.body.data as Json[]).map(({ id }) => id)
    hold(isSame(after.slice(0, before.length), before), 'a cursor that is used again gives other leads')
    const forged = await ask(withQuery(feed, { after: `${cursor.slice(0, -3)}AAA` }))
    hold(forged.status === 400, `a forged cursor: ${forged.status}, not 400`)
    return ''
  },
})

export const leadChecks = (target: Target): Check[] => [
  orderCheck(target),
  filterCheck(target, 'hasAgent'),
  filterCheck(target, 'hasFinancing'),
  daysCheck(target),
  exportCheck(target),
  csvCheck(target),
  feedCheck(target),
]
