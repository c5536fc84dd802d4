/** A failure of background work must not end the process. */
import { globSync, readFileSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import { runInBackground } from '#src/lib/background.ts'

const root = `${import.meta.dirname}/../../..`

test.for<[string, () => Promise<unknown>]>([
  ['rejects', () => Promise.reject(new Error('lost'))],
  [
    'throws',
    () => {
      throw new Error('lost')
    },
  ],
])('work that %s is reported', async ([, work]) => {
  const report = vi.fn()
  runInBackground(work, report)
  await expect.poll(() => report.mock.calls).toEqual([[new Error('lost')]])
})

test('a failed report has no effect on other requests', async () => {
  const unhandled = vi.fn()
  process.on('unhandledRejection', unhandled)
  const report = vi.fn(() => {
    throw new Error('the log is full')
  })
  runInBackground(() => Promise.reject(new Error('lost')), report)
  await expect.poll(() => report.mock.calls).toHaveLength(1)
  await new Promise(setImmediate)
  process.off('unhandledRejection', unhandled)
  expect(unhandled).not.toHaveBeenCalled()
})

test('no promise is dropped: the linter finds those that are not awaited, and `void` does not hide one from it', () => {
  const { linter } = JSON.parse(readFileSync(`${root}/biome.json`, 'utf8'))
  expect(linter.rules.nursery.noFloatingPromises).toBe('error')
  const sources = globSync('{src,cli,routes,sandbox,bin}/**/*.{ts,js}', { cwd: root })
  expect(sources.length).toBeGreaterThan(100)
  // The operator `void` has its operand on the same line; the type has none.
  const hidden = /\bvoid[ \t]+[\w(]|\bset(?:Timeout|Interval|Immediate)\(\s*async\b/
  expect(sources.filter((file) => hidden.test(readFileSync(`${root}/${file}`, 'utf8')))).toEqual([])
})
