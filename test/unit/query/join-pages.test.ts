/**
 * Lists that change during a reading: the result has every row that existed all the time exactly once, or it is an
 * error.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Problem } from '#src/problems.ts'
import { createRowIdentifier, joinPages, type ListPage, type PagedSource, streamPages } from '#src/query/join-pages.ts'
import { createRunOptions } from '../../support/properties.ts'

interface Row {
  id: string | null
  note?: string
}

type Page = ListPage<Row>

const identify = createRowIdentifier<Row>(
  ({ id }) => id,
  (row) => JSON.stringify(row),
)

const row = (id: string | number): Row => ({ id: `${id}` })

const rowsFrom = (first: number, count: number): Row[] =>
  Array.from({ length: count }, (_, index) => row(first + index))

const page = (rows: Row[], total: number, fault: string | null = null): Page => ({ rows, total, fault })

/** Returns the scripted attempts. There is no third one. */
const reading = (attempts: Page[][], part: { skip?: number; limit?: number } = {}) => {
  const reasons: string[] = []
  const pages: number[] = []
  const list: PagedSource<Row, Page> = {
    ...part,
    identify,
    readPages: async function* (attempt) {
      pages[attempt - 1] = 0
      for (const each of attempts[attempt - 1] as Page[]) {
        pages[attempt - 1] = (pages[attempt - 1] as number) + 1
        yield each
      }
    },
    createInconsistency: (reason) => {
      reasons.push(reason)
      return new Problem('upstream-invalid-response')
    },
  }
  return { list, reasons, pages }
}

const getIds = (rows: readonly Row[]) => rows.map(({ id }) => id)

const streamed = async (list: PagedSource<Row, Page>): Promise<Row[]> => {
  const rows: Row[] = []
  for await (const some of streamPages(list)) rows.push(...some.rows)
  return rows
}

const sound = [page(rowsFrom(1, 2), 3), page(rowsFrom(3, 1), 3)]

describe('an inconsistent reading starts again, and the second one counts', () => {
  test.for<[string, Page[]]>([
    ['a page that contradicts itself', [page(rowsFrom(1, 2), 3, 'wrong'), page(rowsFrom(3, 1), 3)]],
    ['a total that falls', [page(rowsFrom(1, 2), 4), page(rowsFrom(3, 1), 3)]],
    ['fewer rows than the total', [page(rowsFrom(1, 2), 4), page(rowsFrom(3, 1), 4)]],
    ['more rows than the total', [page(rowsFrom(1, 2), 2), page(rowsFrom(3, 1), 2)]],
    ['a row on two pages though none has arrived', [page(rowsFrom(1, 2), 3), page([row(2)], 3), page([row(4)], 4)]],
    ['a row on one page twice', [page([row(1), row(1), row(2)], 3)]],
  ])('%s', async ([, disturbed]) => {
    const { list, reasons } = reading([disturbed, sound])
    const joined = await joinPages(list)
    expect(getIds(joined.rows)).toEqual(['1', '2', '3'])
    expect(joined.total).toBe(3)
    expect(reasons).toHaveLength(1)

    const twice = reading([disturbed, disturbed.map((each) => ({ ...each, fault: 'wrong' }))])
    await expect(joinPages(twice.list)).rejects.toThrow(Problem)
    await expect(streamed(reading([disturbed, [page([], 0, 'wrong')]]).list)).rejects.toThrow(Problem)
  })

  test('an inconsistent reading stops early', async () => {
    const { list, pages } = reading([[page(rowsFrom(1, 2), 9, 'wrong'), ...sound], sound])
    await joinPages(list)
    expect(pages).toEqual([1, 2])
  })
})

describe('a row that arrives during the reading', () => {
  test('and pushes another onto the next page: both pages together are the list', async () => {
    const { list, reasons } = reading([[page(rowsFrom(1, 2), 3), page([row(2), row(3)], 4)]])
    expect(getIds((await joinPages(list)).rows)).toEqual(['1', '2', '3'])
    expect(reasons).toEqual([])
  })

  test('is returned when it arrives last', async () => {
    const { list } = reading([[page(rowsFrom(1, 2), 3), page(rowsFrom(3, 2), 4)]])
    expect(await joinPages(list)).toMatchObject({ total: 4, rows: rowsFrom(1, 4) })
  })
})

describe('a part of a list', () => {
  test('has as many rows as were asked for, and the claimed total', async () => {
    const { list } = reading([[page(rowsFrom(3, 2), 9), page(rowsFrom(5, 1), 9)]], { skip: 2, limit: 3 })
    expect(await joinPages(list)).toMatchObject({ total: 9, rows: rowsFrom(3, 3) })
  })

  test('that reaches the end knows the total', async () => {
    const { list } = reading([[page(rowsFrom(3, 2), 4)]], { skip: 2, limit: 5 })
    expect((await joinPages(list)).total).toBe(4)
  })

  test('past the end is empty', async () => {
    const { list } = reading([[page([], 4)]], { skip: 9, limit: 5 })
    expect(await joinPages(list)).toMatchObject({ total: 4, rows: [] })
  })

  test.for<[string, { skip: number; limit: number; total: number }]>([
    ['at the beginning', { skip: 0, limit: 2, total: 9 }],
    ['at the end', { skip: 2, limit: 5, total: 4 }],
  ])('%s with a doubled row is an error, even if each reading has it', async ([, { total, ...part }]) => {
    const doubled = [page([row(3), row(3)], total)]
    await expect(joinPages(reading([doubled, doubled], part).list)).rejects.toThrow(Problem)
  })
})

describe('equal rows', () => {
  test('with a key are one, once two readings have them on one page', async () => {
    const doubled = [page([row(1), row(1)], 3), page([row(2)], 3)]
    const { list, reasons } = reading([doubled, doubled])
    expect(await joinPages(list)).toMatchObject({ total: 2, rows: rowsFrom(1, 2) })
    expect(reasons).toHaveLength(1)
    expect(getIds(await streamed(reading([doubled, doubled]).list))).toEqual(['1', '2'])
  })

  test('that are others in the second reading are an error', async () => {
    const { list } = reading([[page([row(1), row(1), row(2)], 3)], [page([row(2), row(2), row(1)], 3)]])
    await expect(joinPages(list)).rejects.toThrow(Problem)
  })

  test('with a key and different contents are different rows', async () => {
    const rows = [
      { id: '1', note: 'a' },
      { id: '1', note: 'b' },
    ]
    expect((await joinPages(reading([[page(rows, 2)]]).list)).rows).toEqual(rows)
    expect(await streamed(reading([[page(rows, 2)]]).list)).toEqual(rows)
  })

  test('without a key are different rows on one page', async () => {
    const rows = [{ id: null }, { id: null }]
    expect((await joinPages(reading([[page(rows, 2)]]).list)).rows).toEqual(rows)
  })

  test('without a key cannot be told apart on two pages', async () => {
    const pages = [page([{ id: null }], 2), page([{ id: null }], 2)]
    await expect(joinPages(reading([pages, pages]).list)).rejects.toThrow(Problem)
  })
})

describe('random changes between the pages', () => {
  /**
   * Rows are added at the end or the beginning, or deleted, with at most one change between two requests. Several
   * changes could cancel each other.
   */
  const changes = fc.array(fc.option(fc.tuple(fc.constantFrom('front', 'end', 'delete'), fc.nat()), { nil: null }))

  const play = async (size: number, pageSize: number, schedule: readonly ([string, number] | null)[]) => {
    let rows = rowsFrom(1, size)
    const fresh = () => row(`new${requests}`)
    let requests = 0
    let lasting = new Set<string>()
    const change = () => {
      const [kind, place] = schedule[requests++] ?? ['none', 0]
      if (kind === 'front') rows = [fresh(), ...rows]
      if (kind === 'end') rows = [...rows, fresh()]
      if (kind === 'delete') rows = rows.toSpliced(place % Math.max(1, rows.length), 1)
      const present = new Set(getIds(rows) as string[])
      lasting = lasting.intersection(present)
    }
    const list: PagedSource<Row, Page> = {
      identify,
      readPages: async function* () {
        lasting = new Set(getIds(rows) as string[])
        for (let read = 0; ; ) {
          const some = rows.slice(read, read + pageSize)
          const total = rows.length
          yield page(some, total)
          read += some.length
          if (some.length === 0 || read >= total) return
          change()
        }
      },
      createInconsistency: () => new Problem('upstream-invalid-response'),
    }
    return { joined: await joinPages(list), lasting }
  }

  test('a returned list has every row that existed all the time, once', async () => {
    let given = 0
    const property = fc.asyncProperty(
      fc.integer({ min: 0, max: 12 }),
      fc.integer({ min: 1, max: 4 }),
      changes,
      async (size, pageSize, schedule) => {
        const outcome = await play(size, pageSize, schedule).catch((error: unknown) => error)
        if (outcome instanceof Problem) return
        const { joined, lasting } = outcome as Awaited<ReturnType<typeof play>>
        given += 1
        const ids = getIds(joined.rows) as string[]
        expect(new Set(ids).size).toBe(ids.length)
        expect(ids).toEqual(expect.arrayContaining([...lasting]))
      },
    )
    await fc.assert(property, createRunOptions(300))
    expect(given).toBeGreaterThan(50)
  })
})
