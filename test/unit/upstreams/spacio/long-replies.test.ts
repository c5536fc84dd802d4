/** A long reply is read in many small steps. A malicious one is rejected before it is parsed. */
import { describe, expect, test } from 'vitest'
import { isTruncated } from '#src/json/truncation.ts'
import { createDriftLog } from '#src/mapping/drift.ts'
import { createDecoder } from '#src/upstreams/spacio/decode.ts'
import { brokerageLeadMapping, propertyLeadMapping } from '#src/upstreams/spacio/mappings/lead.ts'
import { parseBody, parseBodySteps } from '#src/upstreams/spacio/parse-body.ts'
import { readList } from '#src/upstreams/spacio/read-list.ts'
import { createSpacioRequester } from '#src/upstreams/spacio/request.ts'
import { streamRecords as recordsInParts } from '#src/upstreams/spacio/streamed-request.ts'
import { createReportTranscoding, withTranscoding } from '#src/upstreams/spacio/transcoded-leads.ts'
import { createSlices, runToEnd } from '#src/upstreams/transport/slices.ts'
import type { Send } from '#src/upstreams/transport/types.ts'

const count = 2_000

const leads = (more: (index: number) => object = () => ({})) =>
  Array.from({ length: count }, (_, index) => ({
    name: `Visitor ${index}`,
    email: `visitor${index}@example.com`,
    note: 'n'.repeat(100),
    dateCreated: '2026-03-01 10:00:00',
    ...more(index),
  }))

const getBody = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))

/** Counts slices of ten steps. */
const createCountedSlices = () => {
  let present = 0
  let pauses = 0
  const slices = createSlices({
    now: () => {
      present += 1
      return present
    },
    pause: async () => {
      pauses += 1
    },
  })
  return { slices, pauses: () => pauses }
}

const account = { tenant: 't', baseUrl: 'http://s', apiKey: 'k', hourlyBudget: 1 }
const now = () => new Date('2026-03-15T12:00:00Z')
const read = { signal: new AbortController().signal, includeSource: false }

const getSend =
  (body: Buffer): Send =>
  async (request) =>
    request.read({ status: 200, retryAfter: null, body }, false)

const days = { bid: 'b', startDate: '2026-03-01', endDate: '2026-03-31' }

describe('runs in small steps', () => {
  test.for<[string, boolean, number]>([
    ['rows that are rewritten', true, count / 4 / 10],
    ['records', false, count / 200 / 10],
  ])('%s', async ([, asRows, atLeast]) => {
    const { slices, pauses } = createCountedSlices()
    const body = getBody(leads((index) => ({ id: `id-${index}` })))
    const ask = createSpacioRequester(account, getSend(body), now, undefined, slices)
    const rows = createReportTranscoding(brokerageLeadMapping)
    const answer = await ask('getRegistrantsByBrokerage', days, withTranscoding({ ...read, acceptsText: asRows }, rows))
    expect(answer.records).toHaveLength(count)
    expect(pauses()).toBeGreaterThanOrEqual(atLeast)
  })

  test('a page of records', async () => {
    const { slices, pauses } = createCountedSlices()
    const info = { resultsOnPage: count, totalCount: count, totalPages: 1 }
    const ask = createSpacioRequester(account, getSend(getBody({ info, data: leads() })), now, undefined, slices)
    const answer = await ask('getRegistrantsByTeam', { tid: 't', startDate: '', endDate: '', page: '1' }, read)
    expect(answer.records).toHaveLength(count)
    expect(pauses()).toBeGreaterThanOrEqual(count / 200 / 10)
  })

  const answer = { info: null, operation: 'x', fetchedAt: '2026-03-15T12:00:00Z' }

  test('the decoding of leads with ids', async () => {
    const { slices, pauses } = createCountedSlices()
    const { decodeLeads } = createDecoder(createDriftLog().note, slices)
    const records = leads((index) => ({ id: `id-${index}` }))
    expect(await decodeLeads({ ...answer, records }, brokerageLeadMapping, read, null)).toHaveLength(count)
    expect(pauses()).toBeGreaterThanOrEqual(count / 10)
  })

  test.for<[string, (index: number) => object]>([
    ['that differ', () => ({})],
    ['that differ only in other fields', (index) => ({ name: 'x', email: 'x', extra: index })],
  ])('the ids of leads %s', async ([, more]) => {
    const { slices, pauses } = createCountedSlices()
    const { decodeLeads } = createDecoder(createDriftLog().note, slices)
    const decoded = await decodeLeads({ ...answer, records: leads(more) }, propertyLeadMapping, read, 7)
    expect(new Set(decoded.map(({ id }) => id)).size).toBe(count)
    // Three passes: grouping, creating the ids, and decoding. Equal records are serialized too.
    expect(pauses()).toBeGreaterThanOrEqual((('extra' in more(0) ? 4 : 3) * count) / 10)
  })

  test('an export returns records in small batches', async () => {
    const chunks = (async function* () {
      yield getBody(leads())
    })()
    for await (const some of recordsInParts(chunks, 'x')) expect(some.length).toBeLessThanOrEqual(200)
  })
})

test('a long chunk of an export is cut piece by piece, and rows before a fault are delivered', async () => {
  const chunks = (async function* () {
    yield Buffer.from(`[${'{"a":1},'.repeat(20_000)}rubbish]`)
  })()
  let given = 0
  const readAll = async () => {
    for await (const some of recordsInParts(chunks, 'x')) given += some.length
  }
  await expect(readAll()).rejects.toMatchObject({ code: 'upstream-invalid-response' })
  expect(given).toBeGreaterThan(15_000)
})

describe('rejected before parsing', () => {
  const values = (number: number) => Array.from({ length: number }, () => 0)

  test.for<[string, string | Buffer, boolean]>([
    ['an HTML page', '\n <!DOCTYPE html><p>[]</p>', false],
    ['an HTML page behind a byte order mark', '\ufeff<html>', false],
    ['as many values as a body may have', getBody(values(49_990)), true],
    ['more values than that', getBody(values(50_010)), false],
    ['as many bytes as a body may have', `["${'x'.repeat(2 * 1024 * 1024 - 4)}"]`, true],
    ['more bytes than that', `["${'x'.repeat(2 * 1024 * 1024)}"]`, false],
    ['nested 64 deep', `${'['.repeat(64)}${']'.repeat(64)}`, true],
    ['nested deeper', `${'['.repeat(65)}${']'.repeat(65)}`, false],
  ])('a body: %s', ([, body, isReadable]) => {
    expect(parseBody(Buffer.from(body)).kind).toBe(isReadable ? 'json' : 'unreadable')
  })

  test.for<[string, unknown, boolean]>([
    ['the maximum number of records', Array.from({ length: 30_000 }, () => ({})), true],
    ['a record more', Array.from({ length: 30_001 }, () => ({})), false],
    ['a record with the maximum number of values', [{ a: values(9_990) }], true],
    ['a record of more values', [{ a: values(10_010) }], false],
    ['a record with the maximum number of bytes', [{ a: 'x'.repeat(1024 * 1024 - 10) }], true],
    ['a record of more bytes', [{ a: 'x'.repeat(1024 * 1024) }], false],
  ])('a list: %s', ([, list, isReadable]) => {
    const records = runToEnd(readList(getBody(list), 'keyed'))
    expect(records !== null).toBe(isReadable)
  })

  test('rows: more than a list may have, or longer than a record may be', () => {
    const rows = createReportTranscoding(brokerageLeadMapping)
    const lead = { id: 'x', name: 'Ada' }
    const readable = (list: unknown) => runToEnd(readList(getBody(list), 'keyed', rows)) !== null
    expect(readable(Array.from({ length: 30_000 }, () => lead))).toBe(true)
    expect(readable(Array.from({ length: 30_001 }, () => lead))).toBe(false)
    expect(readable([{ ...lead, note: 'x'.repeat(1024 * 1024 - 200) }, lead])).toBe(true)
    expect(readable([{ ...lead, note: 'x'.repeat(1024 * 1024) }, lead])).toBe(false)
  })

  test('a page with an invalid info', () => {
    const page = (info: unknown) => getBody({ info, data: [{ a: 1 }] })
    const info = { resultsOnPage: 1, totalCount: 1, totalPages: 1 }
    expect(runToEnd(readList(page(info), 'paged'))).not.toBeNull()
    expect(runToEnd(readList(page([info]), 'paged'))).toBeNull()
  })

  test('an element of an export with more values than a record may have', async () => {
    const given = async (number: number) => {
      const chunks = (async function* () {
        yield getBody([{ a: values(number) }])
      })()
      let records = 0
      for await (const some of recordsInParts(chunks, 'x')) records += some.length
      return records
    }
    expect(await given(9_990)).toBe(1)
    await expect(given(10_010)).rejects.toMatchObject({ code: 'upstream-invalid-response' })
  })
})

test('HTML is rejected by its first character, before the rest is decoded', () => {
  for (const page of ['<p>', ' \n<!DOCTYPE html>']) {
    expect(parseBodySteps(Buffer.from(page)).next()).toEqual({ done: true, value: { kind: 'unreadable' } })
  }
})

test('only the last character of a very long body shows whether it is truncated', () => {
  const long = (end: string) => Buffer.from(`[{"a":"${'x'.repeat(2 * 1024 * 1024)}"}${end}`)
  expect([
    isTruncated(long(']')),
    isTruncated(long(' ]\n ')),
    isTruncated(long('')),
    isTruncated(long(',{"a')),
  ]).toEqual([false, false, true, true])
})
