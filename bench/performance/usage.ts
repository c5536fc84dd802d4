/** Reads a process's resource usage from the kernel (Linux), and sets its core and priority. */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

/** Returns milliseconds of processor time of all threads. */
export const readCpu = (pid: number): number => {
  const tasks = readdirSync(`/proc/${pid}/task`)
  const nanoseconds = tasks.map((task) =>
    Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]),
  )
  return nanoseconds.reduce((sum, each) => sum + each, 0) / 1e6
}

/**
 * Returns milliseconds in which the main thread was ready to run but other processes used the core. This time is
 * subtracted from the measured time.
 */
export const readStarvation = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6

/** Returns the current and maximum memory in MB. */
export const readMemory = (pid: number): { now: number; peak: number } => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const readField = (field: string) => Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024
  return { now: readField('VmRSS'), peak: readField('VmHWM') }
}

/** The scheduling priority of a process's session. */
const nice = '-15'

/**
 * Returns a command prefix that pins a process to a core and raises its priority if permitted. Without the priority,
 * measurements take longer but the processor time hardly changes.
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
    // Without permission, the priority stays unchanged.
  }
}
