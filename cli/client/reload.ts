/** Makes a running gateway reload its clients. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { UsageError } from '../command.ts'

/** Returns the command line of a process, or undefined if the process does not exist. */
const readCommandLine = (pid: number): string | undefined => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    // Only Linux has /proc; other systems have `ps`.
  }
  try {
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8', stdio: 'pipe' })
  } catch {
    return undefined
  }
}

/**
 * Returns a function that sends SIGHUP to the process. Throws a `UsageError` unless the process is a gateway, because
 * SIGHUP ends most other processes.
 */
export const prepareReload = (text: string): (() => void) => {
  const pid = Number(text)
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new UsageError('--signal must be the process id of the gateway')
  if (process.platform === 'win32') throw new UsageError('--signal does not work on Windows: restart the gateway')
  if (!/\bsrc\/server\.[jt]s\b/.test(readCommandLine(pid) ?? '')) {
    throw new UsageError(`--signal: process ${pid} is not a Foyer gateway`)
  }
  return () => process.kill(pid, 'SIGHUP')
}
