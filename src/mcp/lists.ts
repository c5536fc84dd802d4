import { type Static, type TObject, type TSchema, type TUnsafe, Type } from 'typebox'
import { integer, ref, textOrNull } from '#schemas/fields.ts'
import { decodeCursor, encodeCursor } from './cursors.ts'
import { formatCount, formatTable } from './text-rows.ts'
import { defineTool, type InternalGet, type QueryParams, type Tool } from './tool.ts'

/** What `GET` of a list answers. */
export interface ListBody<Row> {
  data: Row[]
  pagination: { total: number }
}

export const defaultRows = 25

/** What a model reads must fit into what it remembers. */
export const maxRows = 100

export const limit = Type.Optional(
  Type.Integer({ minimum: 1, maximum: maxRows, default: defaultRows, description: 'Most rows of an answer.' }),
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
  filters: QueryParams
  limit: number
  offset: number
  /** The cursor after so many rows; null: that is all of them. */
  getNextCursor(page: ListBody<unknown>): string | null
}

export const readPosition = (tool: string, { limit = defaultRows, cursor, ...filters }: PagedParams): Position => {
  const offset = decodeCursor(tool, filters, cursor)
  return {
    filters,
    limit,
    offset,
    getNextCursor: ({ data, pagination }) => {
      const end = offset + data.length
      return data.length > 0 && end < pagination.total ? encodeCursor(tool, filters, end) : null
    },
  }
}

interface PagedParams extends QueryParams {
  limit?: number
  cursor?: string
}

interface ListParts<P extends Record<string, TSchema>, Row> extends Omit<Tool, 'input' | 'output' | 'run'> {
  readonly input: P
  readonly row: TObject
  /** What a row is, one and many. */
  readonly labels: readonly [string, string]
  /** The list at the first door. */
  toRequest(given: Static<TObject<P>>): { path: readonly (string | number)[]; query: QueryParams }
  /** A row as text says it, where that is shorter. */
  summarize?(row: Row): unknown
}

/** A tool that reads one list, some rows at a time. */
export const defineList = <P extends Record<string, TSchema>, Row = unknown>(parts: ListParts<P, Row>): Tool => {
  const { input, row, labels, toRequest, summarize = (each: Row): unknown => each, ...tool } = parts
  const run = async (args: PagedParams, get: InternalGet) => {
    const { filters, limit, offset, getNextCursor } = readPosition(tool.name, args)
    const { path, query } = toRequest(filters as Static<TObject<P>>)
    const page = await get<ListBody<Row>>(path, { ...query, limit, offset })
    const { data, pagination } = page
    const next = getNextCursor(page)
    const head = formatHeading(labels, offset, data.length, pagination.total)
    return {
      structured: { data, total: pagination.total, nextCursor: next },
      text: formatTable(head, data.map(summarize), next),
    }
  }
  return defineTool({
    ...tool,
    input: { ...input, ...paging } as Record<string, TSchema>,
    output: listOutput(ref(row) as TUnsafe<unknown>),
    run: (args, get) => run(args as PagedParams, get),
  })
}

/** "120 visitors, of which 26 to 50:" */
export const formatHeading = (
  labels: readonly [string, string],
  offset: number,
  count: number,
  total: number,
): string => {
  const all = formatCount(total, labels)
  if (count === 0) return `${all.charAt(0).toUpperCase()}${all.slice(1)}${total > 0 ? ', but none here' : ''}.`
  return count === total ? `${all}:` : `${all}, of which ${offset + 1} to ${offset + count}:`
}
