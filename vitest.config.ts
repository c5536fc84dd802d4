import { defineConfig } from 'vitest/config'

// Each project is a folder of `test/`; CONTRIBUTING says what belongs where.
const names = ['unit', 'api', 'contract', 'slow']

const options = {
  // Test files share one module graph per worker: importing the application again for each file took a third of the time.
  isolate: false,
  pool: 'threads' as const,
  setupFiles: 'test/support/leftovers.ts',
  testTimeout: 60_000,
  hookTimeout: 60_000,
}

export default defineConfig({
  test: {
    // By default Vitest leaves one core idle, which is half of a small machine.
    maxWorkers: '100%',
    projects: names.map((name) => ({ test: { ...options, name, include: [`test/${name}/**/*.test.ts`] } })),
  },
})
