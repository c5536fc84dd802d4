/** A clock for several processes that the test sets: eight bytes of a file, read at each access. */
import { openSync, readSync, writeSync } from 'node:fs'

export const readClock = (path: string): (() => number) => {
  const file = openSync(path, 'r')
  const bytes = new Float64Array(1)
  return () => {
    readSync(file, bytes, 0, 8, 0)
    return bytes[0] as number
  }
}

export const createClock = (path: string, start: number) => {
  const file = openSync(path, 'w')
  let present = start
  const pass = (milliseconds: number): void => {
    present += milliseconds
    writeSync(file, new Float64Array([present]), 0, 8, 0)
  }
  pass(0)
  return { now: () => present, pass }
}
