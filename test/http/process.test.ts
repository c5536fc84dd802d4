/** The process itself: how it starts, refuses to start, and ends. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { request } from 'undici'
import { test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

const start = (env: Record<string, string>): ChildProcess =>
  spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'src/server.ts'], {
    cwd: root,
    env: { PATH: process.env.PATH, SPACIO_API_KEY: 'canary-key', PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })

const outcomeOf = async (child: ChildProcess) => {
  const [errors, output, [code, signal]] = await Promise.all([
    text(child.stderr as NodeJS.ReadableStream & AsyncIterable<Buffer>),
    text(child.stdout as NodeJS.ReadableStream & AsyncIterable<Buffer>),
    once(child, 'exit'),
  ])
  return { errors, output, code, signal }
}

test.concurrent.for<[string, Record<string, string>, RegExp]>([
  ['no key', { SPACIO_API_KEY: '' }, /SPACIO_API_KEY/],
  ['a host that is not loopback', { HOST: '0.0.0.0' }, /HOST/],
  ['authentication that is required', { FOYER_AUTH: 'required' }, /FOYER_AUTH/],
  ['a bad port', { PORT: 'http' }, /PORT/],
])('%s: one sentence and exit code 1', async ([, env, want], { expect }) => {
  const { errors, code } = await outcomeOf(start(env))
  expect(code).toBe(1)
  expect(errors).toMatch(/^Foyer cannot start: [^\n]+\.\n$/)
  expect(errors).toMatch(want)
})

test.concurrent('a taken port: one sentence and exit code 1', async ({ expect }) => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as { port: number }
  try {
    const { errors, code } = await outcomeOf(start({ PORT: String(port) }))
    expect(code).toBe(1)
    expect(errors).toBe(`Foyer cannot start: port ${port} is taken; choose another with PORT.\n`)
  } finally {
    taken.close()
  }
})

test.concurrent.for<NodeJS.Signals>(['SIGTERM', 'SIGINT'])(
  'it listens, answers, and %s ends it with 0',
  async (signal, { expect }) => {
    const child = start({})
    const outcome = outcomeOf(child)
    const address = await new Promise<string>((resolve) => {
      let seen = ''
      child.stdout?.on('data', (chunk) => {
        seen += chunk
        const found = /http:\/\/127\.0\.0\.1:\d+/.exec(seen)
        if (found) resolve(found[0])
      })
    })
    const reply = await request(`${address}/health/live`)
    expect([reply.statusCode, await reply.body.json()]).toEqual([200, { status: 'ok' }])

    child.kill(signal)

    const { code, errors, output } = await outcome
    expect(code).toBe(0)
    expect(errors).toBe('')
    expect(output).not.toContain('canary')
  },
)
