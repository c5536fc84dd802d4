/**
 * Parses CSV strictly: LF, CR and CRLF end a record, quotes may only enclose whole cells, and all records have the same
 * number of cells.
 */
const parseCsv = (text: string): string[][] => {
  const records: string[][] = []
  let record: string[] = []
  const cell = /"((?:[^"]|"")*)"|([^",\r\n]*)/y
  const end = /,|\r\n|\r|\n/y
  for (let position = 0; position < text.length; ) {
    cell.lastIndex = position
    const [match = '', quoted, plain = ''] = cell.exec(text) ?? []
    record.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'))
    end.lastIndex = position + match.length
    const separator = end.exec(text)?.[0]
    if (separator === undefined) throw new Error(`character ${end.lastIndex}: neither a separator nor a line end`)
    position = position + match.length + separator.length
    if (separator === ',') continue
    records.push(record)
    record = []
  }
  const widths = new Set(records.map(({ length }) => length))
  if (record.length > 0 || widths.size > 1) throw new Error(`records of ${[...widths].join(', ')} cells`)
  return records
}

/** Returns records by heading. Throws if a heading occurs twice. */
export const readCsvRecords = (text: string): Record<string, string>[] => {
  const [headings = [], ...records] = parseCsv(text)
  if (new Set(headings).size < headings.length) throw new Error('two columns have the same heading')
  return records.map((record) => Object.fromEntries(headings.map((heading, index) => [heading, record[index] ?? ''])))
}
