/**
 * Measures how many bytes of the JavaScript heap one response allocates: `npm run bench:alloc`. The young generation is
 * so large that nothing is collected while a batch of requests runs, so the growth of the heap is what they allocated.
 * Other work on the machine does not change this figure.
 */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import type { AllocationSample } from './allocation-probe.ts'
import { type Case, cases } from './performance/cases.ts'
import { type Contender, createContenders } from './performance/contenders/index.ts'
import { createLoad, type Load } from './performance/load.ts'
import { setUp } from './performance/surroundings.ts'
import { pinProcess } from './performance/usage.ts'
import { writeSection } from './performance/write.ts'
import { freePort, stop } from './processes.ts'

const nodeFlags = [
  '--expose-gc',
  '--max-semi-space-size=512',
  '--min-semi-space-size=512',
  '--import',
  `${import.meta.dirname}/allocation-probe.ts`,
]

/** The growth of the heap in one batch. It must stay well below the young generation. */
const batchBytes = 150_000_000

const maxBatch = 5_000

const usage = `npm run bench:alloc -- [options]

  --case A,B      some of ${cases.map(({ name }) => name).join(', ')} (all)
  --answers N     responses that are measured for each case (20,000; lists: a twentieth of it)
  --write         writes the table into docs/performance.md

It exits with 1 if a response allocates more than its limit.
`

const { values } = parseArgs({
  options: {
    case: { type: 'string' },
    answers: { type: 'string', default: '20000' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  process.stdout.write(usage)
  process.exit(0)
}

const { upstream, folder, end } = await setUp()

const sample = async (child: ChildProcess, question: 'collect' | 'read'): Promise<AllocationSample> => {
  const answer = once(child, 'message', { signal: AbortSignal.timeout(60_000) })
  child.send(question)
  const [message] = await answer
  return message
}

/** Returns the bytes that each of `count` responses allocates; null if the collector ran meanwhile. */
const measureBatch = async (child: ChildProcess, load: Load, count: number): Promise<number | null> => {
  const before = await sample(child, 'collect')
  const { answered, refused } = await load.runBatch(count)
  const after = await sample(child, 'read')
  if (refused > 0) throw new Error(`${refused} of ${answered + refused} requests were refused`)
  return after.collections === before.collections ? (after.heap - before.heap) / answered : null
}

const connections = 4

const measure = async ({ start, requests, isConditional, bytes, warmUp }: Contender, total: number) => {
  const port = await freePort()
  const child = await start({ port, upstream: upstream.port, folder, prefix: pinProcess(0), nodeFlags })
  const load = createLoad(port, requests, isConditional, connections)
  await upstream.send(bytes)
  await load.runBatch(warmUp)
  let estimate = (await measureBatch(child, load, 50)) ?? 1_000_000
  const results: number[] = []
  let answered = 0
  while (answered < total) {
    const count = Math.max(10, Math.min(maxBatch, Math.floor(batchBytes / estimate)))
    const result = await measureBatch(child, load, count)
    if (result === null) estimate *= 2
    else {
      results.push(result * count)
      answered += count
    }
  }
  await load.close()
  await stop(child)
  return results.reduce((sum, each) => sum + each, 0) / answered
}

const formatLine = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`

const print = (text: string): string => {
  process.stdout.write(text)
  return text
}

const selected = cases.filter(({ name }) => values.case?.split(',').includes(name) ?? true)
const lists = new Set(['leads', 'keyed'])
const getTotal = ({ name }: Case): number => Number(values.answers) / (lists.has(name) ? 20 : 1)

const lines = [print(formatLine(['KB of heap for each response', 'allocated'])), print(formatLine(['---', '--:']))]
for (const benchCase of selected) {
  for (const contender of createContenders(benchCase, ['foyer', 'constant'])) {
    const allocated = await measure(contender, getTotal(benchCase))
    lines.push(print(formatLine([`${benchCase.title}, ${contender.title}`, (allocated / 1000).toFixed(1)])))
  }
}
if (values.write) writeSection('allocation', lines.join(''))
await end()
