/** The search for one lead, with failures of the store. */
import { expect, test } from 'vitest'
import { createLeadFinder } from '#src/gateway/leads/find.ts'
import type { LeadReader } from '#src/gateway/leads/reader.ts'
import type { LeadRequest } from '#src/gateway/leads/request.ts'
import type { RequestContext } from '#src/gateway/request-context.ts'
import { parseDayWindow } from '#src/query/window.ts'
import { StoreUnavailable } from '#src/store/store.ts'

const now = new Date('2026-03-15T12:00:00Z')

const context = { includeSource: false, includeProperty: false } as RequestContext

const findWith = (findLogEntry: () => Promise<never>) => {
  const request = {
    source: { kind: 'brokerage', id: 'b1' },
    conditions: [],
    window: parseDayWindow({}, now),
    context: { tenant: 't' },
  } as unknown as LeadRequest
  const createReport = () => ({
    stream: async function* () {
      yield [{ id: 'x', createdAt: '2026-03-10T10:00:00Z' }]
    },
  })
  const find = createLeadFinder(
    { createReport } as unknown as LeadReader,
    async () => request,
    async (leads) => leads,
    { findLogEntry },
    () => now,
  )
  return find('x', { brokerageId: 'b1' }, context)
}

test('an unavailable store costs calls, but the lead is found', async () => {
  expect(await findWith(() => Promise.reject(new StoreUnavailable('down')))).toMatchObject({ id: 'x' })
})

test('any other failure of the store is not hidden', async () => {
  await expect(findWith(() => Promise.reject(new TypeError('a bug')))).rejects.toThrow('a bug')
})
