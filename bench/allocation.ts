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

const connections = 4

const pace = {
  full: { warmUp: 15_000, answers: 20_000 },
  quick: { warmUp: 1_500, answers: 1_000 },
}

/** A list costs as much as many single records. */
const listShare = 0.1

const usage = `npm run bench:alloc -- [options]

  --case A,B      some of ${cases.map(({ name }) => name).join(', ')} (all)
  --quick         fewer responses, which allocate up to 10 % more, and only new bytes and cached responses
  --write         writes the table into docs/performance.md

It exits with 1 if a response allocates more than its limit.
`

const { values } = parseArgs({
  options: {
    case: { type: 'string' },
    quick: { type: 'boolean', default: false },
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

/** Returns the bytes that `count` responses allocate; null if the collector ran meanwhile. */
const measureBatch = async (child: ChildProcess, load: Load, count: number): Promise<number | null> => {
  const before = await sample(child, 'collect')
  const { answered, refused } = await load.runBatch(count)
  const after = await sample(child, 'read')
  if (refused > 0) throw new Error(`${refused} of ${answered + refused} requests were refused`)
  return after.collections === before.collections ? after.heap - before.heap : null
}

/** Returns the bytes that one response allocates. */
const measureResponses = async (child: ChildProcess, load: Load, answers: number): Promise<number> => {
  let [batch, limit] = [20, maxBatch]
  let [bytes, answered] = [0, 0]
  while (answered < answers) {
    const allocated = await measureBatch(child, load, batch)
    if (allocated === null) {
      // Large bodies are memory outside of the heap, which also causes collections.
      limit = Math.ceil(batch / 2)
      batch = limit
    } else {
      bytes += allocated
      answered += batch
      batch = Math.min(limit, Math.ceil((batchBytes * answered) / bytes), answers - answered)
    }
  }
  return bytes / answered
}

const { warmUp, answers } = values.quick ? pace.quick : pace.full

const measure = async (benchCase: Case, contender: Contender): Promise<number> => {
  const { start, requests, isConditional, bytes } = contender
  const share = benchCase.isList ? listShare : 1
  const port = await freePort()
  const child = await start({ port, upstream: upstream.port, folder, prefix: pinProcess(0), nodeFlags })
  const load = createLoad(port, requests, isConditional, connections)
  await upstream.send(bytes)
  await load.runBatch(warmUp * share)
  const allocated = await measureResponses(child, load, answers * share)
  await load.close()
  await stop(child, 'SIGKILL')
  return allocated
}

const formatLine = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`

const print = (text: string): string => {
  process.stdout.write(text)
  return text
}

/** A response with unchanged bytes runs a part of the code of one with fresh bytes. */
const quickVariants = ['fresh bytes', 'cached']

const systems = values.quick ? (['foyer'] as const) : (['foyer', 'proxy', 'constant'] as const)
const selected = cases
  .filter(({ name }) => values.case?.split(',').includes(name) ?? true)
  .map((each) => ({
    ...each,
    variants: each.variants.filter(({ name }) => !values.quick || quickVariants.includes(name)),
  }))
const lines = [print(formatLine(['KB of heap for one response', 'allocated', 'limit'])), print('| --- | --: | --: |\n')]
for (const benchCase of selected) {
  for (const contender of createContenders(benchCase, systems)) {
    const allocatedKb = (await measure(benchCase, contender)) / 1000
    const { title, maxAllocatedKb } = contender
    const limit = maxAllocatedKb === null ? '' : `≤ ${maxAllocatedKb}`
    lines.push(print(formatLine([`${benchCase.title}, ${title}`, allocatedKb.toFixed(1), limit])))
    if (maxAllocatedKb !== null && allocatedKb > maxAllocatedKb) process.exitCode = 1
  }
}
if (values.write) writeSection('allocation', lines.join(''))
await end()
