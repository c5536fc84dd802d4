/** Aligns the cells of each column to the left, or to the right for the listed columns. */
export const alignRows = (rows: readonly (readonly string[])[], rightColumns: readonly number[] = []): string => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const alignCell = (cell: string, column: number): string => {
    const width = widths[column] ?? 0
    return rightColumns.includes(column) ? cell.padStart(width) : cell.padEnd(width)
  }
  return rows.map((row) => row.map(alignCell).join('  ').trimEnd()).join('\n')
}
