/**
 * What an answer costs, beside a proxy that rewrites nothing, what one would write, and nginx: `npm run bench`. Linux, two
 * cores: the process under test has core 0, the upstreams and the load core 1. Figures are processor time, ratios those
 * of processes that were measured in turn.
 */
import { resolve } from 'node:path'
import { readArguments, usage } from './performance/arguments.ts'
import type { Case } from './performance/cases.ts'
import { contendersOf } from './performance/contenders/index.ts'
import { measureFacts } from './performance/facts.ts'
import { factsTable, type Measured, missed, rowsOf, summaryOf, tableOf } from './performance/report.ts'
import { type Result, runRound } from './performance/round.ts'
import { type Column, newestShares, sharesTable } from './performance/shares.ts'
import { surround } from './performance/surroundings.ts'
import { machine, versions, writeSection } from './performance/write.ts'

const { cases, against, rounds, pace, profile, withProcess, write, help } = readArguments(process.argv.slice(2))
if (help) {
  process.stdout.write(usage)
  process.exit(0)
}

const { upstream, folder, end } = await surround()
const nodeFlags = profile ? ['--cpu-prof', `--cpu-prof-dir=${resolve(profile)}`] : []

const say = (text: string): string => {
  process.stdout.write(`${text}\n`)
  return text
}

/** One by one: the newest profile is the one of who was just measured. */
const profiled = async (asked: Case, into: string): Promise<string> => {
  const columns: Column[] = []
  for (const contender of contendersOf(asked, ['foyer'])) {
    await runRound([contender], { upstream, folder, pace, nodeFlags })
    columns.push({ title: contender.title.replace('Foyer, ', ''), shares: newestShares(into) })
  }
  return say(sharesTable(`%, ${asked.title}`, columns))
}

const measure = async (asked: Case): Promise<Measured> => {
  const contenders = contendersOf(asked, against)
  const results: Result[][] = []
  for (let round = 0; round < rounds; round += 1) {
    results.push(await runRound(contenders, { upstream, folder, pace, nodeFlags }))
  }
  return { asked, rows: rowsOf(contenders, results) }
}

const measured: Measured[] = []
const tables: string[] = []
const profiles: string[] = []
if (profile) for (const asked of cases) profiles.push(await profiled(asked, profile))
for (const asked of profile ? [] : cases) {
  const each = await measure(asked)
  measured.push(each)
  tables.push(say(tableOf(asked, each.rows)))
}
const facts = withProcess ? await measureFacts({ upstream, folder }, rounds) : []
if (facts.length > 0) tables.push(say(factsTable(facts)))
const summary = `${summaryOf(measured)}\n${missed(measured, facts)}`
if (measured.length > 0) say(summary)
if (write && profiles.length > 0) writeSection('profiles', profiles.join('\n\n'))
else if (write) {
  const what = `${new Date().toISOString().slice(0, 10)}, ${machine()}, ${rounds} rounds. ${versions()}.`
  writeSection('figures', [what, summary, ...tables].join('\n\n'))
}
await end()
