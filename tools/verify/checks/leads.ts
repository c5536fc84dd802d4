/** Checks the order, filters, days and feed of leads. */
import { type Check, retryOnce, withQuery } from '../check.ts'
import type { Json } from '../contract.ts'
import { getCode } from '../deployment.ts'
import type { Target } from '../targets.ts'
import { assertContract, SkippedCheck } from '../verdicts.ts'
import { createCsvCheck, createExportCheck } from './lead-exports.ts'
import { getTotal, isSame, type ListBody, readPage } from './lists.ts'
import { getTime, readNewestLead } from './newest-lead.ts'

const listIds = ({ data }: ListBody): unknown[] => data.map(({ id }) => id)

const createOrderCheck = ({ name, path }: Target): Check =>
  retryOnce({
    name: `${name}: newest first, and sort=createdAt reverses the order`,
    run: async ({ read }) => {
      const newest = readPage(await read(withQuery(path, { limit: 50 })))
      const times = newest.data.map(getTime)
      assertContract(isSame(times, times.toSorted().reverse()), 'not newest first')
      assertContract(new Set(listIds(newest)).size === newest.data.length, 'an id occurs twice')
      const offset = Math.max(0, getTotal(newest) - newest.data.length)
      await read(withQuery(path, { sort: 'createdAt', limit: 1 }))
      const turned = readPage(await read(withQuery(path, { sort: 'createdAt', limit: 50, offset })))
      assertContract(isSame(listIds(turned).reverse(), listIds(newest)), 'sort=createdAt is not the same list reversed')
      return `${newest.data.length} of ${getTotal(newest)} compared`
    },
  })

const createFilterCheck = ({ name, path }: Target, field: 'hasAgent' | 'hasFinancing'): Check =>
  retryOnce({
    name: `${name}: ${field} partitions the list`,
    run: async ({ read }) => {
      const counts: number[] = []
      const firstPage = getTotal(readPage(await read(withQuery(path, { limit: 1 }))))
      for (const value of ['true', 'false', 'null']) {
        const page = readPage(await read(withQuery(path, { [field]: value, limit: 50 })))
        assertContract(
          page.data.every((lead) => String(lead[field]) === value),
          `${field}=${value} also returns other leads`,
        )
        const others = readPage(await read(withQuery(path, { [`${field}[ne]`]: value, limit: 1 })))
        assertContract(
          getTotal(page) + getTotal(others) === firstPage,
          `${field}=${value} and ${field}[ne]=${value} together are not the whole list`,
        )
        counts.push(getTotal(page))
      }
      const sum = counts.reduce((before, count) => before + count, 0)
      assertContract(
        sum === firstPage,
        `true, false and null have ${sum} leads together, but the list has ${firstPage}`,
      )
      return counts.join(' + ')
    },
  })

const createDaysCheck = ({ name, path }: Target): Check =>
  retryOnce({
    name: `${name}: from and to are days, both included`,
    run: async ({ ask, read }) => {
      const { lead, day } = await readNewestLead(path, read)
      const page = readPage(await read(withQuery(path, { from: day, to: day, limit: 200 })))
      assertContract(
        page.data.some(({ id }) => id === lead.id),
        'a window of one day lacks a lead of that day',
      )
      assertContract(
        page.data.every((each) => getTime(each).startsWith(day)),
        'a window of one day has leads of other days',
      )
      const reversed = await ask(withQuery(path, { from: day, to: '2000-01-01' }))
      assertContract(reversed.status === 400, `to before from: ${reversed.status}, not 400`)
      const zone = await ask(withQuery(path, { timeZone: 'Nowhere/At_All' }))
      assertContract(zone.status === 400, `an unknown timeZone: ${zone.status}, not 400`)
      return `${getTotal(page)} on one day`
    },
  })

const createFeedCheck = ({ name, path }: Target): Check => ({
  name: `${name}: a feed starts now, and a repeated cursor returns the same leads`,
  run: async ({ ask, read }) => {
    const feed = path.replace('/leads', '/leads/feed')
    const { body } = await read(feed)
    assertContract(Array.isArray(body.data) && body.data.length === 0, 'a feed without a cursor returns earlier leads')
    const cursor = String(body.cursor)
    const one = await read(withQuery(feed, { after: cursor }))
    const two = await read(withQuery(feed, { after: cursor }))
    const before = (one.body.data as Json[]).map(({ id }) => id)
    const after = (two.body.data as Json[]).map(({ id }) => id)
    assertContract(isSame(after.slice(0, before.length), before), 'a repeated cursor returns other leads')
    const forgedReply = await ask(withQuery(feed, { after: `${cursor.slice(0, -3)}AAA` }))
    assertContract(forgedReply.status === 400, `a forged cursor: ${forgedReply.status}, not 400`)
    return ''
  },
})

const createLookupCheck = ({ name, path }: Target): Check =>
  retryOnce({
    name: `${name}: GET /leads/{id} returns a lead of the list, and 404 for an unknown id`,
    run: async ({ ask, read }) => {
      const { data } = readPage(await read(withQuery(path, { limit: 20 })))
      const lead = data.find(({ id, createdAt }) => /^[\w-]{1,64}$/.test(String(id)) && createdAt !== null)
      if (!lead) throw new SkippedCheck('there are no leads')
      const day = getTime(lead).slice(0, 10)
      const findLead = (id: string) => path.replace('/leads', `/leads/${id}`)
      const { body } = await read(withQuery(findLead(String(lead.id)), { createdAt: getTime(lead) }))
      assertContract(isSame(body, lead), 'the lead differs from the lead in the list')
      const unknown = await ask(withQuery(findLead('no-such-lead'), { from: day, to: day }))
      assertContract(
        getCode(unknown) === 'unknown-lead',
        `an unknown id: ${unknown.status} ${getCode(unknown)}, not unknown-lead`,
      )
      assertContract(String(unknown.body.detail).includes(day), 'the detail does not name the day that was searched')
      return ''
    },
  })

const createJoinCheck = ({ name, path }: Target): Check =>
  retryOnce({
    name: `${name}: include=property adds what GET /properties/{sid} returns`,
    run: async ({ ask, read }) => {
      const { data } = readPage(await read(withQuery(path, { limit: 3, include: 'property' })))
      for (const { sid, property } of data) {
        assertContract(property !== undefined, 'a lead has no property')
        const { status, body } = sid === null ? { status: 404 } : await ask(`/properties/${sid}`)
        assertContract(
          (status === 200) === (property !== null),
          `GET /properties/{sid} is ${status}, and the lead's property is not`,
        )
        assertContract(status !== 200 || isSame(body, property), 'the property differs from GET /properties/{sid}')
      }
      return `${data.length} leads`
    },
  })

export const createLeadChecks = (target: Target): Check[] => [
  createOrderCheck(target),
  createFilterCheck(target, 'hasAgent'),
  createFilterCheck(target, 'hasFinancing'),
  createDaysCheck(target),
  createExportCheck(target),
  createCsvCheck(target),
  createFeedCheck(target),
  createLookupCheck(target),
  createJoinCheck(target),
]
