/**
 * Simulates 1 to 50 replicas that share an hourly budget, with crashes, clock differences and store failures: `npm run
 * bench:budget`. The clock is simulated; the budget code is the gateway's own. It exits with 1 if a call exceeds the
 * cap.
 */
import { scenarios } from './budget/scenarios.ts'
import { type SimulationResult, simulate } from './budget/simulate.ts'

const cap = 12_000
const replicaCounts = [1, 2, 5, 10, 20, 50]

const formatRow = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |\n`

const formatPercent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`

const formatCell = ({ calls, refusedEarly, wantedReads, isOver }: SimulationResult): string => {
  const most = Math.max(...calls)
  const early = formatPercent(refusedEarly, wantedReads)
  return `${most} (${formatPercent(most, cap)})${isOver ? ' OVER THE CAP' : ''}, ${early}`
}

process.stdout.write(`Calls in the fullest of 3 hours (of a cap of ${cap}), and how many of all single reads were refused
while the hour still held calls for them.\n\n`)
process.stdout.write(formatRow(['replicas', ...replicaCounts]))
process.stdout.write(formatRow(['---', ...replicaCounts.map(() => '--:')]))

let isOver = false
for (const scenario of scenarios) {
  const cells: string[] = []
  for (const replicas of replicaCounts) {
    const outcome = await simulate(scenario, { replicas, cap, hours: 3, stepMs: 5_000, seed: replicas })
    isOver ||= outcome.isOver
    cells.push(formatCell(outcome))
  }
  process.stdout.write(formatRow([scenario.name, ...cells]))
}
process.exitCode = isOver ? 1 : 0
