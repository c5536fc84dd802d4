/**
 * Every fault meets every class of operation. The tables in docs/resilience.md are what this saw: a difference fails, and
 * `npx vitest run test/chaos/matrix.test.ts -u` writes them anew.
 */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lasting, passing, type Row } from '../../support/chaos/faults.ts'
import { type Chaos, openChaos, type Seen, shortened } from '../../support/chaos/gateway.ts'
import { operations } from '../../support/chaos/operations.ts'
import { matrixOf, numbers, withSection } from '../../support/chaos/table.ts'

let chaos: Chaos

beforeAll(async () => {
  chaos = await openChaos(operations)
})

afterAll(() => chaos.close())

/** A busy machine may be late by as much; what hangs is later. */
const latenessMs = 10_000

const longestOf = ({ name, limits }: Seen['operation'], { isEndless = false }: Row): number => {
  const { totalMs } = isEndless ? shortened(limits) : limits
  // What the token is for is asked for after it.
  return (name === 'token' ? 2 : 1) * totalMs + latenessMs
}

const expectPromises = ({ operation: { name }, status, isUnknown, calls, refused, isDone }: Seen): void => {
  expect(calls).toBeLessThanOrEqual(2)
  // A write that may have been done is not sent again, nor is a token that works once.
  if (['create', 'patch', 'token'].includes(name)) expect(calls - refused).toBeLessThanOrEqual(1)
  if (isDone === null) expect(isUnknown).toBe(false)
  else if (!isUnknown) expect(isDone).toBe(status < 300)
}

const strikes = (rows: readonly Row[], seen: Map<string, Seen[]>): void => {
  test.for(rows)('$title', async (row) => {
    const cells = await (row.isEndless ? chaos.meetTogether(row) : chaos.meetInTurn(row))
    seen.set(row.title, cells)
    for (const cell of cells) {
      expectPromises(cell)
      expect(cell.milliseconds).toBeLessThan(longestOf(cell.operation, row))
    }
  })
}

const [everyTime, once] = [new Map<string, Seen[]>(), new Map<string, Seen[]>()]

describe('every time', () => strikes(lasting, everyTime))
describe('once', () => strikes(passing, once))

test('docs/resilience.md says what was seen, and the numbers that are in force', async () => {
  const path = `${import.meta.dirname}/../../../docs/resilience.md`
  const sections = { numbers: numbers(), 'every time': matrixOf(everyTime), once: matrixOf(once) }
  const page = Object.entries(sections).reduce(
    (text, [name, section]) => withSection(text, name, section),
    readFileSync(path, 'utf8'),
  )
  await expect(page).toMatchFileSnapshot(path)
})
