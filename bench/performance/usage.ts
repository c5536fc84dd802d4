/** What a process has used up, as the kernel counts it (Linux); and on which core, before whom. */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

/** Milliseconds of processor time of all its threads, to the nanosecond. */
export const readCpu = (pid: number): number => {
  const tasks = readdirSync(`/proc/${pid}/task`)
  const nanoseconds = tasks.map((task) =>
    Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]),
  )
  return nanoseconds.reduce((sum, each) => sum + each, 0) / 1e6
}

/**
 * Milliseconds in which the main thread of a process wanted a core and had none, as others had it. What a busy machine
 * takes from a process is subtracted from the time in which it is measured.
 */
export const readStarvation = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6

/** MB that it holds now, and held at most. */
export const readMemory = (pid: number): { now: number; peak: number } => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const readField = (field: string) => Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024
  return { now: readField('VmRSS'), peak: readField('VmHWM') }
}

/** Of the session of a process, before whatever else the machine does. */
const nice = '-15'

/**
 * What stands before a command to keep it on a core, and to put it first where that may be claimed. Where not, it takes its
 * turn: that costs time, and hardly changes how much processor time it uses.
 */
export const pinProcess = (core: number): string[] => {
  const script = `echo ${nice} 2>/dev/null >/proc/self/autogroup; exec taskset -c "$0" "$@"`
  return ['setsid', 'sh', '-c', script, String(core)]
}

export const pinThisProcessTo = (core: number): void => {
  spawnSync('taskset', ['-a', '-c', '-p', String(core), String(process.pid)])
  try {
    writeFileSync('/proc/self/autogroup', nice)
  } catch {
    // As above.
  }
}
