/** A property may have thousands of leads in one reply. Their export must not block other requests. */
import { expect, test } from 'vitest'
import { allGrants } from '#src/access-control.ts'
import { createLeadExport, type ExportFormat } from '#src/gateway/leads/export.ts'
import type { LeadReader, LeadRow } from '#src/gateway/leads/reader.ts'
import type { LeadRequest } from '#src/gateway/leads/request.ts'
import type { RequestContext } from '#src/gateway/request-context.ts'

const rowsPerTurn = 500

const createRows = (length: number) =>
  Array.from({ length }, (_, index) => ({
    id: String(index),
    createdAt: new Date(index * 1_000).toISOString(),
    answers: [{ question: 'Beds?', answer: '3' }],
  })) as unknown as LeadRow[]

const openExport = (rows: readonly LeadRow[]) => {
  const reader = {
    stream: async function* () {
      yield [...rows]
    },
  } as unknown as LeadReader
  const request = {
    source: { kind: 'property', id: 1 },
    conditions: [],
    window: {},
    read: {},
  } as unknown as LeadRequest
  return createLeadExport(
    reader,
    async () => request,
    async (leads) => leads,
  )
}

const call = { caller: { tenant: 't', client: 'c', scopes: new Set(), grants: allGrants } } as unknown as RequestContext

/** Counts the turns of the event loop during some work. */
const countTurns = async (work: () => Promise<unknown>): Promise<number> => {
  let turns = 0
  let isOver = false
  const turn = () => {
    turns += 1
    if (!isOver) setImmediate(turn)
  }
  setImmediate(turn)
  await work()
  isOver = true
  return turns
}

test.for<[ExportFormat, number]>([
  ['csv', 4_000],
  ['csv', 12_000],
  ['ndjson', 4_000],
  ['ndjson', 12_000],
])('the event loop turns while %s of %i leads is generated', async ([format, count]) => {
  const runExport = openExport(createRows(count))
  const lines: string[] = []
  const turns = await countTurns(async () => {
    const { text } = await runExport({}, format, call)
    for await (const part of text) lines.push(...part.split('\n').filter((line) => line !== ''))
  })
  expect(lines).toHaveLength(format === 'csv' ? count + 1 : count)
  expect(turns).toBeGreaterThanOrEqual(count / rowsPerTurn - 1)
})
