import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { get } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { demoKeys } from '../../../cli/demo/keys.ts'
import { type Demo, freePort, startDemo } from '../../support/demo.ts'

const run = promisify(execFile)

let demo: Demo

beforeAll(async () => {
  demo = await startDemo({}, {}, ['--origin', 'http://localhost:5173', '--origin', 'https://app.example.com'])
})

afterAll(() => demo.stop())

/** `fetch` normalizes a path before it sends it. This function does not. */
const statusOfRawPath = (path: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    get(demo.board, { path, agent: false }, (reply) => resolve(reply.resume().statusCode)).once('error', reject)
  })

/** The response to a printed curl command. */
const answerTo = async (line = '', option = '--fail'): Promise<Record<string, unknown>> => {
  const { stdout } = await run('sh', ['-c', `${line} --silent --show-error ${option}`])
  return JSON.parse(stdout) as Record<string, unknown>
}

test('every printed curl command works: four for the API, and one that adds a visitor', async () => {
  const lines = demo.output().match(/^ +curl .*$/gm) ?? []
  expect(lines.map((line) => line.includes(`'${demo.url}/`))).toEqual([true, true, true, true, false])
  expect(lines[4]).toContain(`'${demo.spacio}/__leads'`)

  const [leads, property, attached] = await Promise.all(lines.slice(0, 3).map((line) => answerTo(line)))
  expect(leads?.data).toHaveLength(2)
  expect(property).toMatchObject({ sid: 10101 })
  expect(attached).toMatchObject({ eventId: '9', mlsStatus: 'For Sale', listPrice: 2_300_000 })

  expect(await answerTo(lines[3], '')).toMatchObject({ status: 404, code: 'unknown-property' })
  const withOtherKey = lines[3]?.replace(demoKeys.agent, demoKeys.brokerage)
  expect(await answerTo(withOtherKey)).toMatchObject({ sid: 10102, listAgentEmail: 'agent2@example.com' })

  await answerTo(lines[4])
  expect(await answerTo(lines[0])).toMatchObject({ data: [{ fullName: 'Jo Visitor', sid: 10101 }, {}] })
})

test('the keys are printed with their access, and a request without a key gets 401', async () => {
  expect(demo.output()).toContain(`${demoKeys.brokerage}  all data of brokerage b1001\n`)
  expect(demo.output()).toContain(`${demoKeys.otherBrokerage}  properties, leads and agents of brokerage b1002\n`)
  expect(demo.output()).toContain(`${demoKeys.agent}  properties and leads of agent1@example.com\n`)

  const statuses = (url: string) =>
    Promise.all(
      [undefined, demoKeys.agent, demoKeys.otherBrokerage, demoKeys.brokerage].map(
        async (key) => (await fetch(demo.url + url, { headers: key ? { 'x-api-key': key } : {} })).status,
      ),
    )
  expect(await statuses('/properties/10101')).toEqual([401, 200, 404, 200])
  expect(await statuses('/leads?sid=10101&limit=1')).toEqual([401, 200, 404, 200])
  expect(await statuses('/leads?brokerageId=b1001&limit=1')).toEqual([401, 403, 403, 200])
  expect(await statuses('/leads?teamId=t2002&limit=1')).toEqual([401, 403, 403, 200])
  expect(await statuses('/leads?brokerageId=b1002&limit=1')).toEqual([401, 403, 200, 403])
  expect(await statuses('/upstreams')).toEqual([401, 403, 403, 200])
})

test('the printed bearer token has the scopes and grants of the first key', async () => {
  const [, authorization = ''] = /(?<=Authorization: )(Bearer \S+)$/m.exec(demo.output()) ?? []
  const me = async (headers: Record<string, string>): Promise<Record<string, unknown>> =>
    (await (await fetch(`${demo.url}/me`, { headers })).json()) as Record<string, unknown>
  const { scopes, grants, connections } = await me(demo.headers)
  const ofToken = await me({ authorization })
  expect(ofToken).toMatchObject({ client: 'jwt:demo-user', authentication: 'jwt', scopes, grants, connections })
})

test('pages of the given origins and of the board may call the gateway, and no others', async () => {
  const allowed = async (origin: string) =>
    (await fetch(`${demo.url}/health/live`, { headers: { origin } })).headers.get('access-control-allow-origin')
  const origins = ['http://localhost:5173', 'https://app.example.com', demo.board]
  expect(await Promise.all(origins.map(allowed))).toEqual(origins)
  expect(await allowed('http://localhost:5174')).toBe(null)
})

test.each(['localhost:5173', 'http://localhost:5173/', '*'])('--origin %s is wrong usage', async (origin) => {
  const refused = await startDemo({}, {}, ['--origin', origin])
  expect(refused.output()).toContain(
    `--origin must be an origin without a path, such as http://localhost:5173; it is ${origin}.`,
  )
  expect(await refused.stop()).toBe(2)
})

test('a LionDesk account is connected, used and removed', async () => {
  const send = async (path: string, method = 'GET') => {
    const reply = await fetch(demo.url + path, { method, headers: demo.headers })
    return reply.status === 204 ? null : ((await reply.json()) as Record<string, unknown>)
  }
  const { id, authorizeUrl } = (await send('/connections', 'POST')) as { id: string; authorizeUrl: string }

  const page = await fetch(`${authorizeUrl}&approve=1`, { headers: { accept: 'text/html' } })

  expect(page.url).toContain(`${demo.url}/connections/callback?`)
  expect(page.status).toBe(200)
  const [, confirm] = /name="confirm" value="([^"]+)"/.exec(await page.text()) ?? []
  expect((await fetch(`${page.url}&confirm=${confirm}`)).status).toBe(200)
  expect(await send('/connections')).toMatchObject({
    data: expect.arrayContaining([expect.objectContaining({ id, status: 'connected' })]),
  })
  expect(await send(`/events/9/properties?connection=${id}`)).toMatchObject({ data: expect.any(Array) })
  // With two connections, a request must name one.
  const [printed] = demo.output().match(/^ +curl '[^']+events.*$/m) ?? []
  expect(await answerTo(printed)).toMatchObject({ eventId: '9' })
  expect(await send(`/connections/${id}`, 'DELETE')).toBe(null)
})

test('the printed documentation page exists', async () => {
  const [address] = demo.output().match(/http:\S+\/docs/) ?? []
  expect(await (await fetch(String(address))).text()).toContain('Foyer API')
})

test('the printed board works, has the API and a key, and its server has no other files', async () => {
  expect(demo.output()).toMatch(new RegExp(`${demo.board}$`, 'm'))
  const page = await fetch(demo.board)
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
  const html = await page.text()
  expect(html).toContain(`<meta name="api" content="${demo.url}">`)
  expect(html).toContain(`<meta name="key" content="${demoKeys.brokerage}">`)

  for (const path of ['/board.ts', '/..%2f..%2fpackage.json', '//package.json', '/board.js/', '/__proto__']) {
    expect([path, (await fetch(demo.board + path)).status]).toEqual([path, 404])
  }
  expect(await statusOfRawPath('/../../package.json')).toBe(404)
  expect((await fetch(demo.board, { method: 'POST' })).status).toBe(405)
})

test.each([
  ['port', (port: number) => `Foyer cannot start: port ${port} is in use; choose another with PORT.`],
  ['board-port', (port: number) => `The board cannot start: port ${port} is in use; choose another with --board-port.`],
] as const)('a taken --%s: a sentence, and exit code 1', async (option, sentence) => {
  const port = await freePort()
  const squatter = createServer()
  await new Promise<void>((resolve) => squatter.listen(port, '127.0.0.1', resolve))

  const second = await startDemo({ [option]: port })

  const hint =
    'To use other ports: foyer demo --port N --spacio-port N --liondesk-port N --board-port N; 0 selects any free port.'
  expect(second.output().trim()).toBe(`${sentence(port)}\n${hint}`)
  expect(await second.stop()).toBe(1)
  squatter.close()
})

test('SIGINT ends all processes with exit code 0, without an error message, and leaves no file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'foyer-test-'))
  const other = await startDemo({}, { TMPDIR: folder })
  const printed = other.output()
  expect(await readdir(folder)).toHaveLength(1)
  expect(await other.stop()).toBe(0)
  expect(other.output()).toBe(printed)
  expect(await readdir(folder)).toEqual([])
  await rm(folder, { recursive: true })
  await expect(fetch(`${other.url}/health/live`)).rejects.toThrow()
  await expect(fetch(other.board)).rejects.toThrow()
})
