/** Bodies within the size limits of their operations. The tests of their outcomes share them. */
export interface Abuse {
  readonly name: string
  /** The gateway request. */
  readonly url: string
  /** The operations that return the body. */
  readonly operation: string
  readonly body: (bytes: number) => string
  /** The maximum size for this class of operations. */
  readonly bytes: number
  /** `200`, or a problem code. */
  readonly want: string
}

const MiB = 1024 * 1024

/** Returns a function that creates a text of about this size: a repeated unit between an opening and a closing text. */
const createFiller = (open: string, unit: string, close: string) => (bytes: number) =>
  open + unit.repeat(Math.floor((bytes - open.length - close.length) / unit.length)) + close

const createCountedFiller = (open: string, unit: (number: number) => string, close: string) => (bytes: number) => {
  const parts: string[] = []
  for (let number = 1, size = 0; size < bytes - 64; number += 1) {
    const part = unit(number)
    parts.push(part)
    size += part.length + 1
  }
  return open + parts.join(',') + close
}

const registrant = (number: number): string =>
  JSON.stringify({
    name: `Visitor ${number}`,
    email: `visitor${number}@example.com`,
    phone: `555-${number}`,
    hasAgent: 'YES',
    hasFinancing: 'UNKNOWN',
    dateCreated: '2026-03-01 10:00:00',
    answersObj: { 0: { answer: 'Yes', questionObj: { questionID: '7', type: 'text', question: 'Do you like it?' } } },
  })

const leads = { url: '/leads?sid=10191', operation: 'v1/getRegistrants', bytes: 15 * MiB }
const team = { url: '/leads?teamId=t1', operation: 'v1/getRegistrantsByTeam', bytes: 7.5 * MiB }
const property = { url: '/properties/10191', operation: 'v1/getProperty', bytes: 1.9 * MiB }
const agents = { url: '/brokerages/b1/agents', operation: 'v1/getClaimedList', bytes: 7.5 * MiB }
const report = { url: '/leads?brokerageId=b1', operation: 'v1/getRegistrantsByBrokerage', bytes: 7.5 * MiB }
const exportReport = { ...report, url: '/leads/export?brokerageId=b1', bytes: 15 * MiB }
const events = { url: '/events/7/properties', operation: 'liondesk', bytes: 1.9 * MiB }
const invalidResponseCode = 'upstream-invalid-response'

export const abuses: readonly Abuse[] = [
  { ...leads, name: 'empty records', body: createFiller('[', '{},', '{}]'), want: invalidResponseCode },
  {
    ...leads,
    name: 'empty records by position',
    body: createCountedFiller('{', (n) => `"${n}":{}`, '}'),
    want: invalidResponseCode,
  },
  {
    ...leads,
    name: 'empty records and a comma too many',
    body: createFiller('[', '{},', ']'),
    want: invalidResponseCode,
  },
  {
    ...leads,
    name: 'one record of many keys',
    body: createCountedFiller('[{', (n) => `"k${n}":1`, '}]'),
    want: invalidResponseCode,
  },
  {
    ...leads,
    name: 'records of as many values as one may have',
    body: createFiller('[', `{"a":[${'0,'.repeat(9_000)}0]},`, '{}]'),
    want: '200',
  },
  { ...leads, name: 'a text without end', body: createFiller('[{"name":"', 'x', '"}]'), want: invalidResponseCode },
  { ...leads, name: 'escapes', body: createFiller('[{"name":"', '\\n', '"}]'), want: invalidResponseCode },
  { ...leads, name: 'numbers with leading zeros', body: createFiller('[', '01,', '0]'), want: invalidResponseCode },
  {
    ...leads,
    name: 'records with leading zeros',
    body: createFiller('[', `{"phone":01${',"x":01'.repeat(100)}},`, '{}]'),
    want: 'window-too-large',
  },
  { ...leads, name: 'brackets', body: createFiller('', '[', ''), want: invalidResponseCode },
  { ...leads, name: 'blanks', body: createFiller('[', ' ', ']'), want: '200' },
  { ...leads, name: 'commas', body: createFiller('[', ',', ']'), want: invalidResponseCode },
  { ...leads, name: 'quotes', body: createFiller('', '"', ''), want: invalidResponseCode },
  { ...leads, name: 'backslashes', body: createFiller('"', '\\', ''), want: invalidResponseCode },
  {
    ...leads,
    name: 'an HTML page',
    body: createFiller('\n<!DOCTYPE html><html>', '<p>1, 2 "x"</p>\n', '</html>'),
    want: invalidResponseCode,
  },
  { ...leads, name: 'digits', body: createFiller('[{"phone":', '1', '}]'), want: invalidResponseCode },
  {
    ...leads,
    name: '24,000 sound registrants',
    body: (bytes) => createCountedFiller('{', (n) => `"${n}":${registrant(n)}`, '}')(Math.min(bytes, 24_000 * 280)),
    want: 'window-too-large',
  },
  {
    ...leads,
    name: '9,900 sound registrants',
    body: () => `[${Array.from({ length: 9_900 }, (_, n) => registrant(n)).join(',')}]`,
    want: '200',
  },
  {
    ...leads,
    name: '9,900 registrants with a defect each',
    body: () =>
      `[${Array.from({ length: 9_900 }, (_, n) => registrant(n).replace('"phone"', '"x":01,"phone"')).join(',')}]`,
    want: '200',
  },
  {
    ...leads,
    name: '9,900 registrants that are all the same',
    body: () => `[${Array.from({ length: 9_900 }, () => registrant(1)).join(',')}]`,
    want: '200',
  },
  {
    ...leads,
    name: '9,900 registrants with unknown fields',
    body: () =>
      `[${Array.from({ length: 9_900 }, (_, n) => registrant(n).replace('"phone"', `"x${n}":1.50,"phone"`)).join(',')}]`,
    want: '200',
  },
  {
    ...team,
    name: 'a page of empty records',
    body: createFiller('{"info":{"resultsOnPage":1,"totalCount":1,"totalPages":1},"data":[', '{},', '{}]}'),
    want: invalidResponseCode,
  },
  {
    ...team,
    name: 'a page whose info is long',
    body: createFiller('{"info":[', '{},', '{}],"data":[]}'),
    want: invalidResponseCode,
  },
  {
    ...property,
    name: 'a property of many keys',
    body: createCountedFiller('{"sid":10191,', (n) => `"k${n}":1`, '}'),
    want: invalidResponseCode,
  },
  {
    ...property,
    name: 'a property of many images',
    body: createFiller('{"sid":10191,"image":[', '"x",', '"x"]}'),
    want: invalidResponseCode,
  },
  {
    ...property,
    name: 'a property that is an HTML page',
    body: createFiller('<html>', '<p>1, 2 "x"</p>\n', '</html>'),
    want: invalidResponseCode,
  },
  {
    ...agents,
    name: 'many agents',
    body: createCountedFiller('{', (n) => `"agent${n}@example.com"`, '}'),
    want: invalidResponseCode,
  },
  { ...report, name: 'a report of empty records', body: createFiller('[', '{},', '{}]'), want: invalidResponseCode },
  {
    ...exportReport,
    name: 'an export of many values',
    body: createCountedFiller('[{"id":"1","a":[', () => '0', ']}]'),
    want: invalidResponseCode,
  },
  {
    ...exportReport,
    bytes: 1.2 * MiB,
    name: 'an export of empty records',
    body: createFiller('[', '{},', '{}]'),
    want: '200',
  },
  {
    ...events,
    name: 'event properties that are empty',
    body: createFiller('{"total":1,"limit":50,"skip":0,"data":[', '{},', '{}]}'),
    want: invalidResponseCode,
  },
  {
    ...events,
    name: 'event properties of an id alone',
    body: createFiller('{"total":1,"limit":50,"skip":0,"data":[', '{"id":1.50},', '{"id":1}]}'),
    want: invalidResponseCode,
  },
  {
    ...events,
    name: 'event properties as an HTML page',
    body: createFiller('<html>', '<p>1, 2 "x"</p>\n', '</html>'),
    want: invalidResponseCode,
  },
]
