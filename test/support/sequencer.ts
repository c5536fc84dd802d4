import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * The files that take longest, in this order. Vitest knows the durations only after a first run; by default it starts
 * with the largest files. A long file that starts last would run alone.
 */
const longestFiles = [
  'slow/abuse/abuses',
  'slow/cli/verify-gateway',
  'slow/endurance/soak',
  'slow/demo/demo',
  'slow/scaling/one-hour-for-all',
  'slow/equality/decode-paths',
  'slow/processes/standard-output',
  'slow/abuse-bodies',
  'slow/processes/signals',
  'slow/processes/graceful-shutdown',
  'slow/processes/feed-processes',
  'slow/chaos/writes-through-gateway',
].map((name) => `/test/${name}.test.ts`)

const getRank = ({ moduleId, project }: TestSpecification): number => {
  const index = longestFiles.findIndex((name) => moduleId.endsWith(name))
  // The files of `long` are short, so they fill the workers at the end.
  if (project.name === 'long') return longestFiles.length + 1
  return index < 0 ? longestFiles.length : index
}

/** Starts the longest files first, so that all workers end at about the same time. */
export class LongestFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const getGroup = ({ project }: TestSpecification): number => project.config.sequence.groupOrder
    return sorted.sort((a, b) => getGroup(a) - getGroup(b) || getRank(a) - getRank(b))
  }
}
