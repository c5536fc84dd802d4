/**
 * Whether the gateway has become much dearer: processor time for an answer beside a proxy that rewrites nothing, in one
 * short run, whatever the machine: `npm run bench:guard`. Ends with 1 where a limit is passed twice.
 */
import { mix } from './cases.ts'
import { contendersOf } from './contenders/index.ts'
import { type Row, rowsOf, tableOf } from './report.ts'
import { runRound } from './round.ts'
import { surround } from './surroundings.ts'

const pace = { warmMs: 3_500, windowMs: 400, windows: 5 }

const contenders = contendersOf(mix, ['foyer', 'proxy'])

const exceeds = ({ contender, ratios }: Row): boolean =>
  contender.target !== null && Math.min(...ratios) > contender.target

const { upstream, folder, end } = await surround()

const measure = async (): Promise<boolean> => {
  const rows = rowsOf(contenders, [await runRound(contenders, { upstream, folder, pace })])
  process.stdout.write(tableOf(mix, rows))
  return rows.some(exceeds)
}

process.exitCode = (await measure()) && (await measure()) ? 1 : 0
await end()
