/**
 * Tests every fault with every class of operation. The tables in docs/resilience.md must equal the results;
 * `npx vitest run test/slow/chaos -u` updates them.
 */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lastingFaults, passingFaults, type Row } from '../../support/chaos/faults.ts'
import { type Chaos, type ChaosResult, openChaos, shortenLimits } from '../../support/chaos/gateway.ts'
import { operations } from '../../support/chaos/operations.ts'
import { formatMatrix, formatNumbers, withSection } from '../../support/chaos/table.ts'

let chaos: Chaos

beforeAll(async () => {
  chaos = await openChaos(operations)
})

afterAll(() => chaos.close())

/** Tolerates the delay of a busy machine, but not a call that hangs. */
const toleranceMs = 10_000

const getLongest = ({ name, limits }: ChaosResult['operation'], { isEndless = false }: Row): number => {
  const { totalTimeoutMs } = isEndless ? shortenLimits(limits) : limits
  // The call that needs the token follows the token call.
  return (name === 'token' ? 2 : 1) * totalTimeoutMs + toleranceMs
}

const expectPromises = ({ operation: { name }, status, isUnknown, calls, refused, isDone }: ChaosResult): void => {
  expect(calls).toBeLessThanOrEqual(2)
  // The gateway repeats neither a write that may have taken effect, nor a call with a token that works once.
  if (['create', 'patch', 'token'].includes(name)) expect(calls - refused).toBeLessThanOrEqual(1)
  if (isDone === null) expect(isUnknown).toBe(false)
  else if (!isUnknown) expect(isDone).toBe(status < 300)
}

const strikes = (rows: readonly Row[], seen: Map<string, ChaosResult[]>): void => {
  test.for(rows)('$title', async (row) => {
    const cells = await (row.isEndless ? chaos.meetTogether(row) : chaos.meetInTurn(row))
    seen.set(row.title, cells)
    for (const cell of cells) {
      expectPromises(cell)
      expect(cell.milliseconds).toBeLessThan(getLongest(cell.operation, row))
    }
  })
}

const [everyTime, once] = [new Map<string, ChaosResult[]>(), new Map<string, ChaosResult[]>()]

describe('every time', () => strikes(lastingFaults, everyTime))
describe('once', () => strikes(passingFaults, once))

test('docs/resilience.md has the results and the current limits', async () => {
  const path = `${import.meta.dirname}/../../../docs/resilience.md`
  const sections = { numbers: formatNumbers(), 'every time': formatMatrix(everyTime), once: formatMatrix(once) }
  const page = Object.entries(sections).reduce(
    (text, [name, section]) => withSection(text, name, section),
    readFileSync(path, 'utf8'),
  )
  await expect(page).toMatchFileSnapshot(path)
})
