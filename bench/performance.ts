/**
 * What an answer costs, beside a proxy that rewrites nothing, what one would write, and nginx: `npm run bench`. Linux, two
 * cores: the process under test has core 0, the upstreams and the load core 1. Figures are processor time, ratios those
 * of processes that were measured in turn.
 */
import { resolve } from 'node:path'
import { readArguments } from './performance/arguments.ts'
import type { Case } from './performance/cases.ts'
import { contendersOf } from './performance/contenders/index.ts'
import { measureFacts } from './performance/facts.ts'
import { factsTable, rowsOf, tableOf } from './performance/report.ts'
import { type Result, runRound } from './performance/round.ts'
import { surround } from './performance/surroundings.ts'

const { cases, against, rounds, pace, profile, withProcess } = readArguments(process.argv.slice(2))

const { upstream, folder, end } = await surround()
const nodeFlags = profile ? ['--cpu-prof', `--cpu-prof-dir=${resolve(profile)}`] : []

const measure = async (asked: Case): Promise<string> => {
  const contenders = contendersOf(asked, against)
  const results: Result[][] = []
  for (let round = 0; round < rounds; round += 1) {
    results.push(await runRound(contenders, { upstream, folder, pace, nodeFlags }))
  }
  return tableOf(asked, rowsOf(contenders, results))
}

for (const asked of cases) process.stdout.write(`${await measure(asked)}\n`)
if (withProcess) process.stdout.write(factsTable(await measureFacts({ upstream, folder }, rounds)))
await end()
