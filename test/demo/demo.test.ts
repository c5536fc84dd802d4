import { execFile } from 'node:child_process'
import { createServer } from 'node:net'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Demo, freePort, startDemo } from '../support/demo.ts'

const run = promisify(execFile)

let demo: Demo

beforeAll(async () => {
  demo = await startDemo()
})

afterAll(() => demo.stop())

test('every printed curl line answers', async () => {
  const lines = demo.printed().match(/^ +curl .*$/gm) ?? []
  expect(lines).toHaveLength(3)

  const replies = await Promise.all(lines.map((line) => run('sh', ['-c', `${line} --silent --show-error --fail`])))

  const [leads, property, attached] = replies.map(({ stdout }) => JSON.parse(stdout) as Record<string, unknown>)
  expect(leads?.data).toHaveLength(2)
  expect(property).toMatchObject({ sid: 10101 })
  expect(attached).toMatchObject({ eventId: '9', mlsStatus: 'For Sale', listPrice: 2_300_000 })
})

test('the printed documentation page is there', async () => {
  const [address] = demo.printed().match(/http:\S+\/docs/) ?? []
  expect(await (await fetch(String(address))).text()).toContain('Foyer API')
})

test('a port that is taken: a sentence, and exit code 1', async () => {
  const port = await freePort()
  const squatter = createServer()
  await new Promise<void>((resolve) => squatter.listen(port, '127.0.0.1', resolve))
  const [spacio, liondesk] = await Promise.all([freePort(), freePort()])

  const second = await startDemo(['--port', `${port}`, '--spacio-port', `${spacio}`, '--liondesk-port', `${liondesk}`])

  expect(second.printed().trim()).toBe(`Foyer cannot start: port ${port} is taken; choose another with PORT.`)
  expect(await second.stop()).toBe(1)
  squatter.close()
})

test('an interrupt ends it all, with exit code 0', async () => {
  const other = await startDemo()
  expect(await other.stop()).toBe(0)
  await expect(fetch(`${other.url}/health/live`)).rejects.toThrow()
})
