/** The printed commands of the demo, and those of the README, work while twelve other processes keep the machine busy. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Demo, startDemo } from '../../support/demo.ts'

const run = promisify(execFile)

const busyProcesses = 12

const spinners: ChildProcess[] = []

let demo: Demo

beforeAll(async () => {
  // The start is not part of the promise, and would slow down the other tests for minutes.
  demo = await startDemo()
  for (let count = 0; count < busyProcesses; count += 1) {
    const spinner = spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' })
    spinners.push(spinner)
    await once(spinner, 'spawn')
  }
})

afterAll(async () => {
  for (const spinner of spinners) {
    const ended = once(spinner, 'exit')
    spinner.kill('SIGKILL')
    await ended
  }
  await demo.stop()
})

const readStatus = async (command: string): Promise<number> => {
  const { stdout } = await run('sh', [
    '-c',
    `${command} --silent --show-error --output /dev/null --write-out '%{http_code}'`,
  ])
  return Number(stdout)
}

test('each printed command is answered as it says', async () => {
  expect(spinners.every(({ exitCode }) => exitCode === null)).toBe(true)
  const lines = demo.output().match(/^ +curl .*$/gm) ?? []
  const statuses: number[] = []
  for (const line of lines) statuses.push(await readStatus(line))
  expect(statuses.map((status) => (status < 300 ? '2xx' : status))).toEqual(['2xx', '2xx', '2xx', 404, '2xx'])
})

test('each request of the README to the demo is answered', async () => {
  const readme = readFileSync(`${import.meta.dirname}/../../../README.md`, 'utf8')
  const commands = readme.match(/^ {4}curl (?:.*\\\n)*.*$/gm) ?? []
  expect(commands.length).toBeGreaterThan(0)
  for (const command of commands) {
    expect(command).toContain('http://127.0.0.1:3000')
    expect(await readStatus(command.replace('http://127.0.0.1:3000', demo.url)), command).toBe(200)
  }
  expect(spinners.every(({ exitCode }) => exitCode === null)).toBe(true)
})
