import { defineConfig } from 'vitest/config'

/** Fast tests only: a guard that only a slow test holds deserves a fast one. */
export default defineConfig({
  test: {
    include: ['test/unit/**/*.test.ts', 'test/api/**/*.test.ts'],
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
