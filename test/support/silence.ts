import { Writable } from 'node:stream'
import { createLoggerOptions } from '#src/plugins/observe/request-log.ts'

/** The names of all people and every secret in the sandbox and in the tests. */
const forbiddenPatterns = [
  /[\w.+-]+(@|%40)example\.(com|org)/i,
  /fk_[\w-]{43}/,
  /\bey[\w-]+\.ey[\w-]+\.[\w-]+/,
  /c0ffee0{8}/,
  /sandbox-(spacio-key|secret)/,
  /canary/i,
  /\b\d{3}(-555-|555)\d{4}\b/,
]

export interface LogLeakGuard {
  logger: ReturnType<typeof createLoggerOptions> & { stream: Writable }
  /** Throws if a log line contains one of them. */
  assert(): void
}

/** A log with level `trace` that checks its own lines. Every gateway of the test suite uses one. */
export const createLogLeakGuard = (): LogLeakGuard => {
  const leaks: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      const line = String(chunk)
      if (forbiddenPatterns.some((pattern) => pattern.test(line))) leaks.push(line)
      done()
    },
  })
  return {
    logger: { ...createLoggerOptions('trace'), stream },
    assert: () => {
      if (leaks.length > 0) throw new Error(`the log tells what it must not: ${leaks[0]}`)
    },
  }
}
