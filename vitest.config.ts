import { globSync, readFileSync } from 'node:fs'
import { configDefaults, defineConfig } from 'vitest/config'
import { compileCacheEnvironment } from './test/support/compile-cache.ts'
import { LongestFilesFirst } from './test/support/sequencer.ts'

// Each project is a folder of `test/`; CONTRIBUTING says what belongs where.
const names = ['unit', 'api', 'contract', 'slow']

const options = {
  // Test files share one module graph per worker: importing the application again for each file took a third of the time.
  isolate: false,
  pool: 'threads' as const,
  setupFiles: 'test/support/leftovers.ts',
  // A hang ends here. On a busy machine a sound test may take many times as long as usual.
  testTimeout: 180_000,
  hookTimeout: 180_000,
  // Vitest waits for one second, which is too short on a busy machine.
  expect: { poll: { timeout: 60_000, interval: 10 } },
}

const hasProperties = (file: string) => readFileSync(file, 'utf8').includes('support/properties.ts')

/** `test/support/properties.ts` says what the variable does. */
const longRuns = { FOYER_TEST_RUNS: 'long' }

/** These tests keep all cores busy, so they run after the others. */
const busyTests = 'test/slow/busy/**/*.test.ts'

const projectOf = (name: string, include: string[]) => ({
  test: {
    ...options,
    name,
    include,
    ...(name === 'slow' && { exclude: [...configDefaults.exclude, busyTests] }),
    ...(['slow', 'long'].includes(name) && { env: { ...longRuns, ...compileCacheEnvironment } }),
  },
})

export default defineConfig({
  test: {
    // By default Vitest leaves one core idle, which is half of a small machine.
    maxWorkers: '100%',
    globalSetup: 'test/support/temporary-folder.ts',
    sequence: { sequencer: LongestFilesFirst },
    projects: [
      ...names.map((name) => projectOf(name, [`test/${name}/**/*.test.ts`])),
      projectOf('busy', [busyTests]),
      // The random properties of the fast tests once more, with all their runs.
      projectOf('long', globSync('test/{unit,api}/**/*.test.ts').filter(hasProperties)),
    ],
  },
})
