import type { Parameters } from 'fast-check'

/** How often a property runs among the fast tests. */
const shortRunCount = 100

const isLong = process.env.FOYER_TEST_RUNS === 'long'

/** Short runs are the same each time, so that they fail only for a change of the code. Long runs look for new cases. */
const defaultSeed = isLong ? Date.now() % 2 ** 31 : 1

/** FOYER_TEST_SEED repeats the runs of an earlier time. */
const seed = Number(process.env.FOYER_TEST_SEED ?? defaultSeed)

process.stderr.write(`Random properties: ${isLong ? 'long' : 'short'} runs, FOYER_TEST_SEED=${seed}\n`)

/**
 * How often a property runs, and with which seed. The project `long`, a part of `npm run test:slow`, runs it `long` times;
 * everywhere else it runs 100 times at most.
 */
export const createRunOptions = <Values>(long: number, more: Parameters<Values> = {}) => ({
  seed,
  numRuns: isLong ? long : Math.min(long, shortRunCount),
  ...more,
})
