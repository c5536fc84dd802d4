/** Common leads are transcoded during parsing. Others are left to the decoder. */
import { expect, test } from 'vitest'
import { getFragmentText, isFragment, type JsonFragment, parseFragment } from '#src/json/fragment.ts'
import { getWireRecord } from '#src/json/parse-wire-json.ts'
import { createLeadIds } from '#src/upstreams/spacio/lead-ids.ts'
import { brokerageLeadMapping } from '#src/upstreams/spacio/mappings/lead.ts'
import { readList } from '#src/upstreams/spacio/read-list.ts'
import {
  createPropertyTranscoding,
  createReportTranscoding,
  withTranscoding,
} from '#src/upstreams/spacio/transcoded-leads.ts'
import { runToEnd } from '#src/upstreams/transport/slices.ts'

const lead = (name: string, others: object = {}) => ({
  name,
  email: 'ada@example.com',
  phone: '1',
  hasAgent: 'NO',
  answersObj: [{ question: '您好?', answer: 'N/A' }],
  dateCreated: '2026-01-31 09:00:00',
  ...others,
})

const keyed = (leads: readonly object[], first = 1) =>
  Buffer.from(`{${leads.map((each, index) => `"${first + index}": ${JSON.stringify(each)}`).join(', ')}}`)

const page = (data: unknown, others: object = {}) =>
  Buffer.from(
    JSON.stringify({ info: { resultsOnPage: 2, totalCount: 2, pageNumber: 1, totalPages: 1 }, data, ...others }),
  )

/** Replaces `#` with a byte that is invalid in UTF-8. */
const broken = (body: Buffer): Buffer => {
  body[body.indexOf('#')] = 0xff
  return body
}

const report = createReportTranscoding(brokerageLeadMapping)

const findRows = (body: Buffer) => runToEnd(readList(body, 'paged', report))?.records ?? null

test('common leads are transcoded and have id and time, and their wire record can be read again', () => {
  const rows = findRows(page([lead('Ada', { id: 'a' }), lead('Ben', { id: 'b"' })])) as JsonFragment[]
  expect(rows.map(({ id, createdAt }) => [id, createdAt])).toEqual([
    ['a', '2026-01-31T09:00:00Z'],
    ['b"', '2026-01-31T09:00:00Z'],
  ])
  expect(JSON.parse(getFragmentText(rows[1] as JsonFragment))).toMatchObject({
    id: 'b"',
    fullName: 'Ben',
    answers: [{ answer: null }],
  })
  expect(parseFragment(rows[0])).toMatchObject({ id: 'a', fullName: 'Ada' })
  expect(getWireRecord(rows[0])).toEqual(lead('Ada', { id: 'a' }))
})

test.for<[string, object]>([
  ['drifts', { id: 'b', futureField: 1 }],
  ['has no id', {}],
  ['has a number for an id', { id: 7 }],
  ['has a value that no codec accepts', { id: 'b', hasAgent: 'MAYBE' }],
])('a lead of a report that %s stays a record, and others are unaffected', ([, others]) => {
  const fallback = lead('Ben', others)
  const [first, second, third] = findRows(page([lead('Ada', { id: 'a' }), fallback, lead('Cy', { id: 'c' })])) ?? []
  expect([isFragment(first), isFragment(third)]).toEqual([true, true])
  expect(second).toEqual(fallback)
})

test('answers with keys out of order are left to the decoder', () => {
  const [one, two] = ['{"answer":"a"}', '{"answer":"b"}']
  const isUsual = (answers: string) => {
    const text = page([lead('Ada', { id: 'a', answersObj: '#' })]).toString()
    return isFragment(findRows(Buffer.from(text.replace('"#"', answers)))?.[0])
  }
  expect(isUsual(`{"1":${one},"2":${two}}`)).toBe(true)
  expect(isUsual(`{"2":${two},"1":${one}}`)).toBe(false)
})

test.for<[string, Buffer]>([
  ['a record without any field', page([{}])],
  ['an element that is not a record', page([lead('Ada', { id: 'a' }), 1])],
  ['a member that pages do not have', page([], { error: 'access-denied' })],
  ['a page without data', Buffer.from('{"info":{"resultsOnPage":0,"totalCount":0,"totalPages":0}}')],
  [
    'duplicate data',
    Buffer.from(
      `{"data":[],${page([lead('Ada', { id: 'a' })])
        .toString()
        .slice(1)}`,
    ),
  ],
  ['trailing text', Buffer.concat([page([]), Buffer.from('x')])],
  [
    'a record with a trailing comma',
    Buffer.from(
      page([lead('Ada', { id: 'a' })])
        .toString()
        .replace('}]', ',}]'),
    ),
  ],
  ['broken UTF-8', broken(page([lead('#', { id: 'a' })]))],
  ['a truncated page', page([lead('Ada', { id: 'a' })]).subarray(0, -1)],
])('%s is left to the decoder', ([, body]) => {
  const rows = findRows(body)
  expect(rows === null || !rows.some(isFragment)).toBe(true)
})

test('property leads get the same ids as in a complete list, or are not transcoded', () => {
  const getRows = (body: Buffer) => runToEnd(readList(body, 'keyed', createPropertyTranscoding(7)))?.records ?? null
  const visitor = (name: string, others: object = {}) => lead(name, { answersObj: [], ...others })
  const leads = [visitor('Ada'), visitor('Ben', { phone: 5, email: null }), visitor('C"y', { dateCreated: undefined })]
  expect((getRows(keyed(leads)) as JsonFragment[]).map(({ id }) => id)).toEqual(
    createLeadIds(JSON.parse(JSON.stringify(leads)), 7),
  )
  expect(getRows(keyed([visitor('Ada'), visitor('Ada')]))).toBeNull()
  expect(getRows(keyed([visitor('Ada'), visitor('Ben', { futureField: 1 })]))).toBeNull()
  expect(
    getRows(Buffer.from(`{"2": ${JSON.stringify(visitor('Ada'))}, "1": ${JSON.stringify(visitor('Ben'))}}`)),
  ).toBeNull()
  expect(getRows(keyed([visitor('Ada')], 10))).toHaveLength(1)
  expect(getRows(keyed([{}]))).toBeNull()
  expect(getRows(keyed([visitor('#')]))).toHaveLength(1)
  expect(getRows(broken(keyed([visitor('#')])))).toBeNull()
})

test('leads are transcoded only for a caller that accepts text and does not need the wire records', () => {
  const read = { signal: new AbortController().signal, includeSource: false }
  expect(withTranscoding(read, report)).toBe(read)
  expect(withTranscoding({ ...read, acceptsText: true, includeSource: true }, report)).not.toHaveProperty('transcoding')
  expect(withTranscoding({ ...read, acceptsText: true }, report).transcoding).toBe(report)
})
