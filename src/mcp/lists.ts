import { type Static, type TObject, type TSchema, type TUnsafe, Type } from 'typebox'
import { integer, ref, textOrNull } from '#schemas/fields.ts'
import { decodeCursor, encodeCursor } from './cursors.ts'
import { countOf, tableOf } from './text-rows.ts'
import { type Ask, defineTool, type Query, type Tool } from './tool.ts'

/** What `GET` of a list answers. */
export interface Page<Row> {
  data: Row[]
  pagination: { total: number }
}

export const usualLimit = 25

/** What a model reads must fit into what it remembers. */
export const mostRows = 100

export const limit = Type.Optional(
  Type.Integer({ minimum: 1, maximum: mostRows, default: usualLimit, description: 'Most rows of an answer.' }),
)

export const paging = {
  limit,
  cursor: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 100,
      description: 'The `nextCursor` of the answer before, with the same arguments; without it the list begins.',
    }),
  ),
}

export const nextCursor = textOrNull('Send it as `cursor` for the rows after these; null: there are none.')

/** The output of a list, as that of its rows and perhaps more. */
export const listOutput = (row: TSchema, more: Record<string, TSchema> = {}): TSchema =>
  Type.Object(
    {
      ...more,
      data: Type.Array(row, { description: 'The rows of this answer.' }),
      total: integer('Number of rows in the whole list, exact.'),
      nextCursor,
    },
    { additionalProperties: false },
  )

/** Where in the list the arguments are. */
export interface Position {
  /** The other arguments. */
  own: Query
  limit: number
  offset: number
  /** The cursor after so many rows; null: that is all of them. */
  after(page: Page<unknown>): string | null
}

export const positionOf = (tool: string, { limit = usualLimit, cursor, ...own }: PagedQuery): Position => {
  const offset = decodeCursor(tool, own, cursor)
  return {
    own,
    limit,
    offset,
    after: ({ data, pagination }) => {
      const end = offset + data.length
      return data.length > 0 && end < pagination.total ? encodeCursor(tool, own, end) : null
    },
  }
}

interface PagedQuery extends Query {
  limit?: number
  cursor?: string
}

interface ListParts<P extends Record<string, TSchema>, Row> extends Omit<Tool, 'input' | 'output' | 'run'> {
  readonly input: P
  readonly row: TObject
  /** What a row is, one and many. */
  readonly words: readonly [string, string]
  /** The list at the first door. */
  read(given: Static<TObject<P>>): { path: readonly (string | number)[]; query: Query }
  /** A row as text says it, where that is shorter. */
  brief?(row: Row): unknown
}

/** A tool that reads one list, some rows at a time. */
export const defineList = <P extends Record<string, TSchema>, Row = unknown>(parts: ListParts<P, Row>): Tool => {
  const { input, row, words, read, brief = (each: Row): unknown => each, ...tool } = parts
  const run = async (given: PagedQuery, ask: Ask) => {
    const { own, limit, offset, after } = positionOf(tool.name, given)
    const { path, query } = read(own as Static<TObject<P>>)
    const page = await ask<Page<Row>>(path, { ...query, limit, offset })
    const { data, pagination } = page
    const next = after(page)
    const head = headOf(words, offset, data.length, pagination.total)
    return {
      structured: { data, total: pagination.total, nextCursor: next },
      text: tableOf(head, data.map(brief), next),
    }
  }
  return defineTool({
    ...tool,
    input: { ...input, ...paging } as Record<string, TSchema>,
    output: listOutput(ref(row) as TUnsafe<unknown>),
    run: (given, ask) => run(given as PagedQuery, ask),
  })
}

/** "120 visitors, of which 26 to 50:" */
export const headOf = (words: readonly [string, string], offset: number, count: number, total: number): string => {
  const all = countOf(total, words)
  if (count === 0) return `${all.charAt(0).toUpperCase()}${all.slice(1)}${total > 0 ? ', but none here' : ''}.`
  return count === total ? `${all}:` : `${all}, of which ${offset + 1} to ${offset + count}:`
}
