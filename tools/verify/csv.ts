/**
 * Reads CSV more strictly than any spreadsheet: a lone LF, a lone CR and CRLF all end a record, a quote may only open or
 * close a cell, and all records have the same number of cells.
 */
export const parseCsv = (text: string): string[][] => {
  const records: string[][] = []
  let record: string[] = []
  const cell = /"((?:[^"]|"")*)"|([^",\r\n]*)/y
  const end = /,|\r\n|\r|\n/y
  for (let position = 0; position < text.length; ) {
    cell.lastIndex = position
    const [whole = '', quoted, plain = ''] = cell.exec(text) ?? []
    record.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'))
    end.lastIndex = position + whole.length
    const separator = end.exec(text)?.[0]
    if (separator === undefined) throw new Error(`character ${end.lastIndex}: neither a separator nor a line end`)
    position = position + whole.length + separator.length
    if (separator === ',') continue
    records.push(record)
    record = []
  }
  const widths = new Set(records.map(({ length }) => length))
  if (record.length > 0 || widths.size > 1) throw new Error(`records of ${[...widths].join(', ')} cells`)
  return records
}

/** As records by heading. Throws where two columns have the same heading. */
export const readCsvRecords = (text: string): Record<string, string>[] => {
  const [headings = [], ...records] = parseCsv(text)
  if (new Set(headings).size < headings.length) throw new Error('two columns have the same heading')
  return records.map((record) => Object.fromEntries(headings.map((heading, index) => [heading, record[index] ?? ''])))
}
