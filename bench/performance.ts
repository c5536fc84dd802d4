/**
 * Compares the gateway's cost per response with a pass-through proxy, a simple gateway and nginx: `npm run bench`. It
 * needs Linux and two cores: core 0 for the process under test, core 1 for upstreams and load. It measures processor
 * time. Ratios compare processes that were measured in turn.
 */
import { resolve } from 'node:path'
import { readArguments, usage } from './performance/arguments.ts'
import type { Case } from './performance/cases.ts'
import { createContenders } from './performance/contenders/index.ts'
import { measureFacts } from './performance/facts.ts'
import {
  createRows,
  formatFacts,
  formatMissed,
  formatSummary,
  formatTable,
  type MeasuredCase,
} from './performance/report.ts'
import { type Result, runRound } from './performance/round.ts'
import { type Column, formatShares, readNewestShares } from './performance/shares.ts'
import { setUp } from './performance/surroundings.ts'
import { describeMachine, describeVersions, writeSection } from './performance/write.ts'

const { cases, against, rounds, pace, profile, withProcess, write, help } = readArguments(process.argv.slice(2))
if (help) {
  process.stdout.write(usage)
  process.exit(0)
}

const { upstream, folder, end } = await setUp()
const nodeFlags = profile ? ['--cpu-prof', `--cpu-prof-dir=${resolve(profile)}`] : []

const print = (text: string): string => {
  process.stdout.write(`${text}\n`)
  return text
}

/** Sequential, because the newest profile must belong to the last measured process. */
const runProfiled = async (benchCase: Case, into: string): Promise<string> => {
  const columns: Column[] = []
  for (const contender of createContenders(benchCase, ['foyer'])) {
    await runRound([contender], { upstream, folder, pace, nodeFlags })
    columns.push({ title: contender.title.replace('Foyer, ', ''), shares: readNewestShares(into) })
  }
  return print(formatShares(`%, ${benchCase.title}`, columns))
}

const measure = async (benchCase: Case): Promise<MeasuredCase> => {
  const contenders = createContenders(benchCase, against)
  const results: Result[][] = []
  for (let round = 0; round < rounds; round += 1) {
    results.push(await runRound(contenders, { upstream, folder, pace, nodeFlags }))
  }
  return { benchCase, rows: createRows(contenders, results) }
}

const measured: MeasuredCase[] = []
const tables: string[] = []
const profiles: string[] = []
if (profile) for (const benchCase of cases) profiles.push(await runProfiled(benchCase, profile))
for (const benchCase of profile ? [] : cases) {
  const each = await measure(benchCase)
  measured.push(each)
  tables.push(print(formatTable(benchCase, each.rows)))
}
const processFacts = withProcess ? await measureFacts({ upstream, folder }, rounds) : []
if (processFacts.length > 0) tables.push(print(formatFacts(processFacts)))
const summaryText = `${formatSummary(measured)}\n${formatMissed(measured, processFacts)}`
if (measured.length > 0) print(summaryText)
if (write && profiles.length > 0) writeSection('profiles', profiles.join('\n\n'))
else if (write) {
  const what = `${new Date().toISOString().slice(0, 10)}, ${describeMachine()}, ${rounds} rounds. ${describeVersions()}.`
  writeSection('figures', [what, summaryText, ...tables].join('\n\n'))
}
await end()
