/** Writes log lines to standard output, without blocking the gateway if standard output is full, stalled or closed. */
import { constants, fstatSync, openSync, writeSync } from 'node:fs'
import { Socket } from 'node:net'

/** Lines are written in batches, because a system call for each line costs more than the line. */
const flushLength = 16_000
const flushIntervalMs = 200

/** Maximum length of pending lines while standard output is stalled. Later lines are dropped. */
const maxPendingLength = 1024 * 1024

const lineFeed = 10

export interface LogWriter {
  write(line: string): void
  /** Writes pending lines as far as standard output accepts them. Never throws and never blocks. */
  flush(): void
  /** Number of lines dropped because standard output was full, stalled or closed. */
  droppedLines(): number
}

/** `writeBytes` returns the number of bytes written, or throws; `EAGAIN` means that the reader is stalled. */
export const createLogWriter = (writeBytes: (bytes: Uint8Array) => number): LogWriter => {
  let pendingText = ''
  /** The batch that is being written. */
  let bytes = Buffer.alloc(0)
  let writtenBytes = 0
  let isStalled = false
  let droppedCount = 0

  const dropRest = (): void => {
    for (const byte of bytes.subarray(writtenBytes)) if (byte === lineFeed) droppedCount += 1
    // The next line must not continue a truncated one.
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
      // During a stall, only the timer retries.
      if (pendingText.length >= flushLength && !isStalled) flush()
    },
    flush,
    droppedLines: () => droppedCount,
  }
}

/**
 * Returns a descriptor for standard output that fails with `EAGAIN` instead of blocking. A pipe or terminal is opened a
 * second time, so that the flag does not affect other processes that share it. A socket cannot be reopened, so libuv
 * makes it non-blocking. Files never block.
 */
const openWithoutBlocking = (fd: number): number => {
  const stat = fstatSync(fd)
  try {
    if (stat.isFIFO() || stat.isCharacterDevice())
      return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
    if (stat.isSocket()) new Socket({ fd, readable: false, writable: true }).unref()
  } catch {
    // Not supported on this system or with these permissions, so a stalled reader blocks the process.
  }
  return fd
}

/** Opens the log of the process. Pending lines are written at exit. */
export const openLog = (): LogWriter => {
  const fd = openWithoutBlocking(1)
  const log = createLogWriter((bytes) => writeSync(fd, bytes))
  setInterval(log.flush, flushIntervalMs).unref()
  process.on('exit', log.flush)
  return log
}
