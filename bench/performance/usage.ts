/** What a process has used up, as the kernel counts it (Linux); and on which core, before whom. */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

/** Milliseconds of processor time of all its threads, to the nanosecond. */
export const cpuOf = (pid: number): number => {
  const tasks = readdirSync(`/proc/${pid}/task`)
  const nanoseconds = tasks.map((task) =>
    Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]),
  )
  return nanoseconds.reduce((sum, each) => sum + each, 0) / 1e6
}

/** MB that it holds now, and held at most. */
export const memoryOf = (pid: number): { now: number; peak: number } => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const of = (field: string) => Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024
  return { now: of('VmRSS'), peak: of('VmHWM') }
}

/** What stands before a command to keep it on a core, in a session of its own. */
export const pinnedTo = (core: number): string[] => ['setsid', 'taskset', '-c', String(core)]

export const pinThisProcessTo = (core: number): void => {
  spawnSync('taskset', ['-a', '-c', '-p', String(core), String(process.pid)])
}

/** Before whatever else the machine does, where that may be claimed for the session of a process. */
export const putFirst = (pid: number): void => {
  try {
    writeFileSync(`/proc/${pid}/autogroup`, '-15')
  } catch {
    // Then it takes its turn: that costs time, and hardly changes what is measured.
  }
}
