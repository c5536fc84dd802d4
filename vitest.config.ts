import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // The default leaves a core free, and half of a small machine idle.
    maxWorkers: '100%',
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
