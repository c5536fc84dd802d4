import { pino } from 'pino'

/** Lines that wait for others before they are written: a call of the system for each costs more than the line. */
const fewest = 16_000

/** Milliseconds in which a line waits at most. */
const longestWait = 200

/** What a reader of the log that stands still may keep waiting; what comes then is dropped. */
const mostWaiting = 4 * 1024 * 1024

/** Standard output, for a process that must not wait for it. What waits is written when the process ends. */
export const openLog = () => {
  const log = pino.destination({ fd: 1, sync: false, minLength: fewest, maxLength: mostWaiting })
  setInterval(() => log.flush(), longestWait).unref()
  return log
}
