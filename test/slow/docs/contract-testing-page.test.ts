/** docs/contract-testing.md: its commands do what the page says. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Demo, startDemo } from '../../support/demo.ts'

const run = promisify(execFile)
const page = readFileSync(`${import.meta.dirname}/../../../docs/contract-testing.md`, 'utf8')

let demo: Demo
let printed: Record<string, any>

beforeAll(async () => {
  demo = await startDemo({}, {}, ['--json', '--leads', '500'])
  printed = JSON.parse(demo.output())
})

afterAll(() => demo.stop())

const onSpacio = (line: string): string => line.trim().replace('http://127.0.0.1:4010', printed.spacio)

beforeEach(async () => {
  for (const url of [printed.spacio, printed.liondesk]) await fetch(`${url}/__reset`, { method: 'POST' })
})

test('the demo prints the document that is shown', () => {
  const [, shown = ''] = /```json\n([\s\S]+?)```/.exec(page) ?? []
  const { keys, ...addresses } = JSON.parse(shown)
  expect(printed.keys).toEqual(keys)
  expect(Object.keys(printed).sort()).toEqual([...Object.keys(addresses), 'keys'].sort())
})

test('every curl line is taken', async () => {
  const lines = page.match(/^ {4}curl .+$/gm) ?? []
  expect(lines).toHaveLength(3)
  for (const line of lines) {
    const { stdout } = await run('sh', [
      '-c',
      `${onSpacio(line)} --silent --show-error --fail --output /dev/null -w '%{http_code}'`,
    ])
    expect(stdout, line).toMatch(/^20\d$/)
  }
})

const rows = [...page.matchAll(/\| (\d{3})[^|]*?`([^`]+)` \| `(\{"operation".+?\})`(.*?) \|$/gm)]

test.each(rows.map(([, status, told, fault, where]) => [told, status, fault, where] as const))(
  'the fault of %s gives %s',
  async (told, status, fault, where) => {
    expect(rows).toHaveLength(4)
    const upstream = where?.includes('LionDesk') ? printed.liondesk : printed.spacio
    const taken = await fetch(`${upstream}/__faults`, { method: 'POST', body: fault ?? '' })
    expect(taken.ok).toBe(true)
    const headers = { ...demo.headers, 'cache-control': 'no-cache', 'content-type': 'application/json' }
    const reply = where?.includes('LionDesk')
      ? await fetch(`${printed.url}/events/9/properties`, { method: 'POST', headers, body: '{"city": "X"}' })
      : await fetch(`${printed.url}/brokerages/b1001/activity`, { headers })
    const text = await reply.text()
    expect([String(reply.status), text]).toEqual([status, expect.stringContaining(told?.replace(': ', ':') ?? '')])
  },
)
