import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const file = `${import.meta.dirname}/../../../deploy/haproxy.cfg`

const hasHaproxy = [...(process.env.PATH ?? '').split(':'), '/usr/sbin'].some((folder) =>
  existsSync(join(folder, 'haproxy')),
)

const skips = !hasHaproxy && !process.env.CI

if (skips) process.stderr.write('Skipped: the check of deploy/haproxy.cfg, since no haproxy is on PATH.\n')

test.skipIf(skips)('HAProxy takes its configuration without a warning', () => {
  const env = { PATH: `${process.env.PATH}:/usr/sbin` }
  const said = execFileSync('haproxy', ['-c', '-f', file], { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  expect(said).not.toMatch(/WARNING/i)
})

const settings = readFileSync(file, 'utf8')
  .split('\n')
  .map((line) => line.trim())

test('a sent write is not sent again', () => {
  expect(settings.filter((line) => line.startsWith('retry-on'))).toEqual(['retry-on conn-failure'])
  expect(settings).toContain('option http-server-close')
})

test('the address that a client claims is replaced, not extended', () => {
  expect(settings).toContain('http-request set-header X-Forwarded-For %[src]')
  expect(settings.filter((line) => line.startsWith('option forwardfor'))).toEqual([])
})

test('a gateway that shuts down is detected while it still serves', () => {
  const [, inter, fastinter, fall] = /check inter (\d+)ms fastinter (\d+)ms fall (\d+)/.exec(settings.join('\n')) ?? []
  const noticeMs = /noticeMs = ([\d_]+)/.exec(
    readFileSync(`${import.meta.dirname}/../../../src/plugins/connection/shutdown.ts`, 'utf8'),
  )
  const longest = Number(inter) + Number(fastinter) * (Number(fall) - 1)
  expect(longest).toBeLessThan(Number(noticeMs?.[1]?.replace('_', '')) / 2)
})
