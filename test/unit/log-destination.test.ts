import { expect, test } from 'vitest'
import { createLogWriter } from '#src/log-destination.ts'

const errorWith = (code: string) => Object.assign(new Error(code), { code })

/** An output that accepts a number of bytes at a time, or fails with an error code. */
const openOutput = () => {
  const output = { text: '', takes: Number.POSITIVE_INFINITY, code: null as string | null, attempts: 0 }
  const write = (bytes: Uint8Array): number => {
    output.attempts += 1
    if (output.code) throw errorWith(output.code)
    const some = bytes.subarray(0, Math.min(bytes.length, output.takes))
    output.text += Buffer.from(some).toString('latin1')
    return some.length
  }
  return { output, log: createLogWriter(write) }
}

const line = (text: string): string => `${JSON.stringify({ text })}\n`

test('lines wait for others, and are written by a flush or when there are many', () => {
  const { output, log } = openOutput()
  log.write(line('a'))
  expect(output.text).toBe('')
  log.flush()
  expect(output.text).toBe(line('a'))
  log.write(line('x'.repeat(16_000)))
  expect(output.text).toBe(line('a') + line('x'.repeat(16_000)))
})

test('an output that takes a few bytes at a time gets every byte once', () => {
  const { output, log } = openOutput()
  output.takes = 3
  log.write(line('first'))
  log.write(line('second'))
  log.flush()
  expect(output.text).toBe(line('first') + line('second'))
})

test('while the output stalls, lines wait, and are written in order afterwards', () => {
  const { output, log } = openOutput()
  output.code = 'EAGAIN'
  log.write(line('first'))
  log.flush()
  log.write(line('second'))
  log.flush()
  expect([output.text, log.droppedLines()]).toEqual(['', 0])
  output.code = null
  log.flush()
  expect(output.text).toBe(line('first') + line('second'))
})

test('while the output stalls, the waiting lines are bounded, later lines are dropped and counted, and only a flush tries again', () => {
  const { output, log } = openOutput()
  output.code = 'EAGAIN'
  for (let count = 0; count < 5_000; count += 1) log.write(line('x'.repeat(1_000)))
  expect(output.attempts).toBe(1)
  const dropped = log.droppedLines()
  expect(dropped).toBeGreaterThan(3_000)
  output.code = null
  log.flush()
  const kept = output.text.split('\n').length - 1
  expect(output.text.length).toBeLessThan(1_100_000)
  expect(kept + dropped).toBe(5_000)
})

test.for(['ENOSPC', 'EIO', 'EPIPE', 'EBADF'])('%s drops the lines, counts them, and the log goes on', (code) => {
  const { output, log } = openOutput()
  output.code = code
  log.write(line('lost'))
  log.write(line('lost too'))
  log.flush()
  expect([output.text, log.droppedLines()]).toEqual(['', 2])
  output.code = null
  log.write(line('later'))
  log.flush()
  expect([output.text, log.droppedLines()]).toEqual([line('later'), 2])
})

test('a truncated line does not affect the next one', () => {
  let text = ''
  let capacity = 5
  const log = createLogWriter((bytes) => {
    if (capacity === 0) throw errorWith('ENOSPC')
    const some = bytes.subarray(0, capacity)
    text += Buffer.from(some).toString()
    capacity -= some.length
    return some.length
  })
  log.write(line('cut'))
  log.flush()
  capacity = 1_000
  log.write(line('whole'))
  log.flush()
  expect([text, log.droppedLines()]).toEqual([`${line('cut').slice(0, 5)}\n${line('whole')}`, 1])
})
