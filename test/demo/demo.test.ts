import { execFile } from 'node:child_process'
import { get } from 'node:http'
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

/** `fetch` tidies a path up before it is sent; this does not. */
const statusOfRawPath = (path: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    get(demo.board, { path, agent: false }, (reply) => resolve(reply.resume().statusCode)).once('error', reject)
  })

/** What a printed curl line answers. */
const answerTo = async (line: string): Promise<Record<string, unknown>> => {
  const { stdout } = await run('sh', ['-c', `${line} --silent --show-error --fail`])
  return JSON.parse(stdout) as Record<string, unknown>
}

test('every printed curl line answers: three of the API, and one that has a visitor sign in', async () => {
  const lines = demo.printed().match(/^ +curl .*$/gm) ?? []
  expect(lines.map((line) => line.includes(`'${demo.url}/`))).toEqual([true, true, true, false])
  expect(lines[3]).toContain(`'${demo.spacio}/__leads'`)

  const [leads, property, attached] = await Promise.all(lines.slice(0, 3).map(answerTo))
  expect(leads?.data).toHaveLength(2)
  expect(property).toMatchObject({ sid: 10101 })
  expect(attached).toMatchObject({ eventId: '9', mlsStatus: 'For Sale', listPrice: 2_300_000 })

  await answerTo(String(lines[3]))
  expect(await answerTo(String(lines[0]))).toMatchObject({ data: [{ fullName: 'Jo Visitor', sid: 10101 }, {}] })
})

test('the printed documentation page is there', async () => {
  const [address] = demo.printed().match(/http:\S+\/docs/) ?? []
  expect(await (await fetch(String(address))).text()).toContain('Foyer API')
})

test('the printed board is there, knows the API, and nothing else is served beside it', async () => {
  expect(demo.printed()).toMatch(new RegExp(`${demo.board}$`, 'm'))
  const page = await fetch(demo.board)
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(await page.text()).toContain(`<meta name="api" content="${demo.url}">`)

  for (const path of ['/board.ts', '/..%2f..%2fpackage.json', '//package.json', '/board.js/', '/__proto__']) {
    expect([path, (await fetch(demo.board + path)).status]).toEqual([path, 404])
  }
  expect(await statusOfRawPath('/../../package.json')).toBe(404)
  expect((await fetch(demo.board, { method: 'POST' })).status).toBe(405)
})

test.each([
  ['port', (port: number) => `Foyer cannot start: port ${port} is taken; choose another with PORT.`],
  ['board-port', (port: number) => `The board cannot start: port ${port} is taken; choose another with --board-port.`],
] as const)('a taken --%s: a sentence, and exit code 1', async (option, sentence) => {
  const port = await freePort()
  const squatter = createServer()
  await new Promise<void>((resolve) => squatter.listen(port, '127.0.0.1', resolve))

  const second = await startDemo({ [option]: port })

  const hint = 'Other ports: npm run demo -- --port N --board-port N'
  expect(second.printed().trim()).toBe(`${sentence(port)}\n${hint}`)
  expect(await second.stop()).toBe(1)
  squatter.close()
})

test('an interrupt ends it all, with exit code 0', async () => {
  const other = await startDemo()
  expect(await other.stop()).toBe(0)
  await expect(fetch(`${other.url}/health/live`)).rejects.toThrow()
  await expect(fetch(other.board)).rejects.toThrow()
})
