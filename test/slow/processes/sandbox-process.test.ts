import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { request } from '../../support/http.ts'

const entry = fileURLToPath(new URL('../../../sandbox/server.ts', import.meta.url))
const quick = ['--spacio-port', '0', '--liondesk-port', '0', '--leads', '10']
const start = (...options: string[]) => spawn(process.execPath, [entry, ...quick, ...options])

async function untilListening(output: NodeJS.ReadableStream): Promise<string> {
  let seen = ''
  for await (const chunk of output) {
    seen += chunk
    if (seen.includes('LionDesk sandbox at')) break
  }
  return seen
}

test.concurrent('says where it listens and ends at once on SIGTERM, open sockets or not', async () => {
  const child = start()
  const said = await untilListening(child.stdout)
  const url = /Spacio sandbox at (\S+)/.exec(said)?.[1]
  await request(`${url}/__faults`, { method: 'POST', body: '{"operation":"*","kind":"hang"}' })
  const hanging = request(`${url}/api/v1/getProperty`, { method: 'POST' }).catch((error: Error) => error)
  const arrived = async () => (await (await request(`${url}/__requests`)).body.text()).includes('getProperty')
  await expect.poll(arrived).toBe(true)
  child.kill('SIGTERM')
  const [code] = await once(child, 'exit')
  expect(code).toBe(0)
  expect(await hanging).toBeInstanceOf(Error)
})

test.concurrent('a port in use is reported in one sentence, with exit code 1', async () => {
  const holder = createServer().listen(0, '127.0.0.1')
  await once(holder, 'listening')
  const address = holder.address()
  const port = typeof address === 'object' ? address?.port : 0
  const child = start('--spacio-port', String(port))
  const [complaint, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
  holder.close()
  expect(code).toBe(1)
  expect(complaint).toMatch(new RegExp(`^Port ${port} is taken[^\n]+\n$`))
})

test.concurrent.each([['--leads=300001'], ['--nonsense']])('refuses %s %s', async (...options: string[]) => {
  const child = start(...options)
  const [complaint, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
  expect([code, complaint.split('\n').length]).toEqual([1, 2])
})

test.concurrent('ends with its parent, if it is told to', async () => {
  const child = fork(entry, [...quick, '--with-parent'], { silent: true })
  if (child.stdout === null) throw new Error('The child has no output')
  await untilListening(child.stdout)
  child.disconnect()
  expect((await once(child, 'exit'))[0]).toBe(0)
})
