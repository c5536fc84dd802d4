import { defineConfig } from 'vitest/config'

/** Without slow tests: a guard that only a slow test covers should get a fast test. */
export default defineConfig({
  test: {
    include: ['test/unit/**/*.test.ts', 'test/api/**/*.test.ts'],
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
