import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AutoEmail, Lead as LeadSchema } from '#schemas/lead.ts'
import { createCsvTable, getQuestions } from '#src/gateway/leads/csv.ts'
import type { Lead } from '#src/gateway/leads/reader.ts'
import { readCsvRecords } from '../../../../tools/verify/csv.ts'
import { createRunOptions } from '../../../support/properties.ts'

const emptyLead: Lead = {
  id: 'l1',
  fullName: null,
  email: null,
  phone: null,
  hasAgent: null,
  hasFinancing: null,
  isBroker: null,
  answers: [],
  note: null,
  autoEmail: null,
  sid: null,
  listingId: null,
  agentEmail: null,
  createdAt: null,
}

const answerTo = (question: string, answer: string): Lead['answers'][number] => ({
  questionId: null,
  type: null,
  caption: null,
  question,
  questionZh: null,
  answer,
  choices: [],
})

const readCsvHeader = (header: string): string[] => (parse(header) as string[][])[0] ?? []

const getTable = (leads: readonly Lead[]): string => {
  const table = createCsvTable(getQuestions(leads), { bom: false })
  return table.header() + table.rows(leads)
}

const readNote = (note: string): string | undefined => readCsvRecords(getTable([{ ...emptyLead, note }]))[0]?.note

/** Removes the apostrophes that the formula defence adds. */
const withoutDefence = (cell: string): string =>
  cell.replace(/(^|[\p{Cc}\p{Zl}\p{Zp},;|])'(?=\p{Cc}|[\p{Zs}\p{Cf}"]*[-=+@＝＋－＠])/gu, '$1')

test('each field of a lead has a column', () => {
  // The answers have a column for each question. The export offers `include` only as NDJSON.
  const { answers, property, source, autoEmail, ...fields } = LeadSchema.properties
  const nestedFields = Object.keys(AutoEmail.properties).map((name) => `autoEmail.${name}`)
  const columns = readCsvHeader(createCsvTable([], { bom: false }).header())
  expect(columns.sort()).toEqual([...Object.keys(fields), ...nestedFields].sort())
})

describe('a CSV cell', () => {
  test.each([
    ['a line feed', 'first line\nsecond line'],
    ['a carriage return', 'first line\rsecond line'],
    ['both', 'first line\r\nsecond line'],
    ['a quote', 'the "big" house'],
    ['a quote at its end', 'big"'],
    ['a comma', 'a,b'],
    ['a semicolon', 'a;b'],
    ['a tab', 'a\tb'],
    ['blanks around it', '  a  '],
    ['nothing', ''],
    ['Chinese', '您现在租房还是自有?'],
  ])('with %s is read back unchanged', (_name, note) => {
    expect(readNote(note)).toBe(note)
  })

  test('with text is always quoted', () => {
    const [, row] = getTable([{ ...emptyLead, fullName: 'Jo', sid: 7, hasAgent: true }]).split('\r\n')
    expect(row).toBe('"l1",,"Jo",,,true,,,,7,,,,,,')
  })

  test.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['＝1+1', "'＝1+1"],
    ['＋1', "'＋1"],
    ['－1', "'－1"],
    ['＠SUM(A1)', "'＠SUM(A1)"],
    [' =1+1', "' =1+1"],
    ['"=1+1"', '\'"=1+1"'],
    ['\u200b=1+1', "'\u200b=1+1"],
    ['\tx', "'\tx"],
    ['hello\n=1+1', "hello\n'=1+1"],
    ['hello\r=1+1', "hello\r'=1+1"],
    ['hello;=1+1', "hello;'=1+1"],
    ['hello\t=1+1', "hello\t'=1+1"],
    ['hello,=1+1', "hello,'=1+1"],
    ['hello; ＝1+1', "hello;' ＝1+1"],
    ['hello;"=1+1"', 'hello;\'"=1+1"'],
  ])('that starts like a formula is escaped: %j', (note, expected) => {
    expect(readNote(note)).toBe(expected)
  })

  test.each(['a=b', 'a-b', 'jo@example.com', '1+1', 'Sat 10-12', "'=1+1", 'x;y', '5 - 3'])(
    'that no spreadsheet executes is unchanged: %j',
    (note) => {
      expect(readNote(note)).toBe(note)
    },
  )

  test.each(['+1 (555) 010-0123', '+15550100123', '+49 30 / 901820'])('with the phone number %s shows it', (phone) => {
    expect(readCsvRecords(getTable([{ ...emptyLead, phone }]))[0]?.phone).toBe(`'${phone}`)
  })

  test('takes linear time for any content', () => {
    for (const part of ['\t', '"', ' ', ';', '\u200b', ';"', '\n ']) {
      const note = part.repeat(200_000)
      expect(readNote(note)?.endsWith(note.slice(1))).toBe(true)
    }
  })
})

describe('a CSV table', () => {
  test('has a separate column for each question, whatever its wording', () => {
    const answers = ['email', 'answer: email', '=email', "'=email"].map((question) =>
      answerTo(question, `on ${question}`),
    )
    const [row] = readCsvRecords(getTable([{ ...emptyLead, email: 'jo@example.com', answers }]))
    expect(row?.email).toBe('jo@example.com')
    for (const { answer } of answers) expect(Object.values(row ?? {})).toContain(answer)
  })

  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom(...'=+-@＝;,\t\r\n" \'a1|') }))
  const leads = fc.array(
    fc.record({ note: fc.option(text), fullName: fc.option(text), question: text, answer: text }).map(
      ({ note, fullName, question, answer }): Lead => ({
        ...emptyLead,
        note,
        fullName,
        answers: [answerTo(question, answer)],
      }),
    ),
    { minLength: 1, maxLength: 5 },
  )

  test('is read back by a strict parser and by csv-parse, cell by cell', () => {
    fc.assert(
      fc.property(leads, (some) => {
        const csv = getTable(some)
        const records = readCsvRecords(csv)
        expect(parse(csv, { columns: true, record_delimiter: '\r\n' })).toEqual(records)
        expect(records.map(({ note = '' }) => withoutDefence(note))).toEqual(
          some.map(({ note }) => withoutDefence(note ?? '')),
        )
      }),
      createRunOptions(200),
    )
  })

  test('contains no formula for a parser that splits at any separator and ignores quotes', () => {
    fc.assert(
      fc.property(leads, (some) => {
        const cells = getTable(some).split(/[,;\t\r\n]/)
        for (const cell of cells) expect(cell).not.toMatch(/^[\p{Zs}\p{Cf}"]*[=+\-@＝＋－＠]/u)
      }),
      createRunOptions(200),
    )
  })
})
