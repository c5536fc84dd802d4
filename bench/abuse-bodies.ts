/**
 * Sends upstream replies that could block the gateway. For each, it reports the outcome, the longest block of the event
 * loop, the time and the memory. Each case runs in its own process. It fails if the loop blocks for more than 50 ms.
 */
import { fork } from 'node:child_process'
import { abuses } from './abuse-bodies/abuses.ts'

const maxStopMs = 50
const chosen = process.argv.slice(2)

interface AbuseResult {
  status: number
  code: string
  stopMs: number
  totalMs: number
  megabytes: number
}

const run = (name: string): Promise<AbuseResult> =>
  new Promise((resolve, reject) => {
    const child = fork(new URL('./abuse-bodies/one.ts', import.meta.url), [name], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
    })
    child.once('message', (outcome) => resolve(outcome as AbuseResult))
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}`)))
  })

const print = (name: string, ...figures: readonly (string | number)[]): void => {
  process.stdout.write(`${name.padEnd(46)}${figures.map((figure) => String(figure).padStart(9)).join('')}\n`)
}

let isBroken = false
print('body', 'status', 'stop ms', 'total ms', 'MB', 'code')
for (const { name } of abuses) {
  if (chosen.length > 0 && !chosen.some((word) => name.includes(word))) continue
  const { status, code, stopMs, totalMs, megabytes } = await run(name)
  isBroken ||= stopMs > maxStopMs
  print(name, status, stopMs.toFixed(0), totalMs.toFixed(0), megabytes, code)
}
process.exitCode = isBroken ? 1 : 0
