/**
 * Detects large regressions: it compares processor time per response with that of a pass-through proxy in one short
 * run: `npm run bench:guard`. It exits with 1 if a limit is exceeded twice.
 */
import { mix } from './cases.ts'
import { createContenders } from './contenders/index.ts'
import { createRows, formatTable, type Row } from './report.ts'
import { runRound } from './round.ts'
import { setUp } from './surroundings.ts'

const pace = { warmMs: 3_500, windowMs: 400, windows: 5 }

const contenders = createContenders(mix, ['foyer', 'proxy'])

const exceedsTarget = ({ contender, ratios }: Row): boolean =>
  contender.target !== null && Math.min(...ratios) > contender.target

const { upstream, folder, end } = await setUp()

const measure = async (): Promise<boolean> => {
  const rows = createRows(contenders, [await runRound(contenders, { upstream, folder, pace })])
  process.stdout.write(formatTable(mix, rows))
  return rows.some(exceedsTarget)
}

process.exitCode = (await measure()) && (await measure()) ? 1 : 0
await end()
