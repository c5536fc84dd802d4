import type { Parameters } from 'fast-check'

/** The maximum number of runs of a property in the quick tests. */
const shortRunCount = 100

const isLong = process.env.FOYER_TEST_RUNS === 'long'

/** Short runs have a fixed seed, so that they fail only after a change of the code. Long runs look for new cases. */
const defaultSeed = isLong ? Date.now() % 2 ** 31 : 1

/** FOYER_TEST_SEED repeats an earlier run. */
const seed = Number(process.env.FOYER_TEST_SEED ?? defaultSeed)

process.stderr.write(`Random properties: ${isLong ? 'long' : 'short'} runs, FOYER_TEST_SEED=${seed}\n`)

/**
 * Returns the number of runs and the seed of a property. The project `long`, a part of `npm run test:slow`, uses `long`
 * runs. All others use at most 100.
 */
export const createRunOptions = <Values>(long: number, more: Parameters<Values> = {}) => ({
  seed,
  numRuns: isLong ? long : Math.min(long, shortRunCount),
  ...more,
})
