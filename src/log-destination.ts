/** Where log lines go: standard output, which may be full, stalled or closed without disturbing the gateway. */
import { constants, fstatSync, openSync, writeSync } from 'node:fs'
import { Socket } from 'node:net'

/** Lines wait for others before they are written: a system call for each costs more than the line. */
const flushLength = 16_000
const flushIntervalMs = 200

/** What may wait while standard output takes nothing. Later lines are dropped. */
const maxPendingLength = 1024 * 1024

const lineFeed = 10

export interface LogWriter {
  write(line: string): void
  /** Writes what waits, as far as standard output takes it. Never throws, never waits. */
  flush(): void
  /** Lines dropped because standard output was full, stalled or closed. */
  droppedLines(): number
}

/** `writeBytes` writes some of the bytes and returns how many, or throws. `EAGAIN` means: later. */
export const createLogWriter = (writeBytes: (bytes: Uint8Array) => number): LogWriter => {
  let pendingText = ''
  /** Taken out of `waiting`, and written in part. */
  let bytes = Buffer.alloc(0)
  let writtenBytes = 0
  let isStalled = false
  let droppedCount = 0

  const dropRest = (): void => {
    for (const byte of bytes.subarray(writtenBytes)) if (byte === lineFeed) droppedCount += 1
    // The next line must not continue the one that was cut.
    if (writtenBytes > 0 && bytes[writtenBytes - 1] !== lineFeed) pendingText = `\n${pendingText}`
    writtenBytes = bytes.length
  }

  const writeRest = (): void => {
    try {
      while (writtenBytes < bytes.length) writtenBytes += writeBytes(bytes.subarray(writtenBytes))
    } catch (error) {
      isStalled = (error as NodeJS.ErrnoException).code === 'EAGAIN'
      if (!isStalled) dropRest()
    }
  }

  const flush = (): void => {
    isStalled = false
    writeRest()
    if (isStalled || pendingText === '') return
    bytes = Buffer.from(pendingText)
    writtenBytes = 0
    pendingText = ''
    writeRest()
  }

  return {
    write: (line) => {
      if (pendingText.length + line.length > maxPendingLength) droppedCount += 1
      else pendingText += line
      // While it is stalled, only the timer tries again.
      if (pendingText.length >= flushLength && !isStalled) flush()
    },
    flush,
    droppedLines: () => droppedCount,
  }
}

/**
 * A descriptor for standard output that refuses with `EAGAIN` instead of blocking. A pipe or a terminal is opened a
 * second time, so that others who share it notice nothing; a socket cannot be, and is made non-blocking by libuv. A
 * write to a file does not wait for a reader.
 */
const openWithoutBlocking = (fd: number): number => {
  const stat = fstatSync(fd)
  try {
    if (stat.isFIFO() || stat.isCharacterDevice())
      return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
    if (stat.isSocket()) new Socket({ fd, readable: false, writable: true }).unref()
  } catch {
    // Not on this system, or not with these permissions: a reader that stalls will be waited for.
  }
  return fd
}

/** The log of a process. What waits is written when the process ends. */
export const openLog = (): LogWriter => {
  const fd = openWithoutBlocking(1)
  const log = createLogWriter((bytes) => writeSync(fd, bytes))
  setInterval(log.flush, flushIntervalMs).unref()
  process.on('exit', log.flush)
  return log
}
