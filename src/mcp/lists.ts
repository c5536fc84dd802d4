import { type Static, type TObject, type TSchema, type TUnsafe, Type } from 'typebox'
import { integer, ref, textOrNull } from '#schemas/fields.ts'
import { decodeCursor, encodeCursor } from './cursors.ts'
import { formatCount, formatTable } from './text-rows.ts'
import { defineTool, type InternalGet, type QueryParams, type Tool } from './tool.ts'

/** The response of a list route. */
export interface ListBody<Row> {
  data: Row[]
  pagination: { total: number }
}

export const defaultRows = 25

/** Bounded by the context window of a language model. */
const maxRows = 100

export const limit = Type.Optional(
  Type.Integer({
    minimum: 1,
    maximum: maxRows,
    default: defaultRows,
    description: 'Maximum number of rows in a response.',
  }),
)

export const paging = {
  limit,
  cursor: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 100,
      description:
        'The `nextCursor` of the previous response, with the same arguments. Without it, the response has the first rows.',
    }),
  ),
}

const nextCursor = textOrNull('Send it as `cursor` to get the next rows; null: there are no more rows.')

/** Returns the output schema of a list tool, optionally with further properties. */
export const listOutput = (row: TSchema, more: Record<string, TSchema> = {}): TSchema =>
  Type.Object(
    {
      ...more,
      data: Type.Array(row, { description: 'The rows of this response.' }),
      total: integer('Number of rows in the whole list, exact.'),
      nextCursor,
    },
    { additionalProperties: false },
  )

/** The position that the arguments of a call describe. */
interface Position {
  /** The arguments without `limit` and `cursor`. */
  filters: QueryParams
  limit: number
  offset: number
  /** Returns the cursor of the next page, or null for the last page. */
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
  /** Name of a row, singular and plural. */
  readonly labels: readonly [string, string]
  /** Returns the path and query of the REST route. */
  toRequest(args: Static<TObject<P>>): { path: readonly (string | number)[]; query: QueryParams }
  /** Returns a shorter form of a row for the text output. */
  summarize?(row: Row): unknown
}

/** Defines a tool that reads a list page by page. */
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

/** Formats a heading such as "120 visitors, of which 26 to 50:". */
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
