/** Rejections are cheap to request. A client that keeps sending requests is slowed down, and causes few log lines. */
import { Writable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { createLoggerOptions } from '#src/plugins/observe/request-log.ts'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

let foyer: SandboxGateway
let lines: { code?: string; msg?: string; status?: number; omittedLines?: number }[]

const open = async (promptRejections: number, env: Record<string, string> = {}) => {
  lines = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)))
      done()
    },
  })
  foyer = await openSandboxAndGateway({
    sandbox: { leads: 0 },
    env,
    shedding: { promptRejections },
    logger: { ...createLoggerOptions('info'), stream },
  })
}

afterEach(() => foyer.close())

const refusals = async (answer: string): Promise<number> => {
  const text = (await foyer.app.scrape?.text()) ?? ''
  return Number(new RegExp(`foyer_refusals_total\\{answer="${answer}"\\} (\\d+)`).exec(text)?.[1])
}

test('beyond its allowance, a client gets the same rejection after a delay', async () => {
  await open(2)
  const first = await foyer.get('/nowhere')
  await foyer.get('/nowhere')
  let isAnswered = false
  const delayed = foyer.get('/nowhere').finally(() => {
    isAnswered = true
  })
  await wait(200)
  expect(isAnswered).toBe(false)
  const { requestId, instance, ...document } = (await delayed).body
  expect(first.body).toMatchObject(document)
  expect([await refusals('prompt'), await refusals('late')]).toEqual([2, 1])
})

test('meanwhile, other clients are answered', async () => {
  await open(1)
  const from = (remoteAddress: string) => foyer.app.inject({ url: '/nowhere', remoteAddress })
  await from('198.51.100.1')
  const delayed = from('198.51.100.1')
  expect((await from('198.51.100.2')).statusCode).toBe(404)
  expect((await foyer.get('/properties/10101')).status).toBe(200)
  expect((await delayed).statusCode).toBe(404)
})

test('connections of a client are closed if too many of its rejections are delayed', async () => {
  await open(1)
  const base = await foyer.app.listen({ host: '127.0.0.1', port: 0 })
  const ask = () =>
    fetch(`${base}/nowhere`).then(
      ({ status }) => status,
      () => 'closed',
    )
  const answers = await Promise.all(Array.from({ length: 400 }, ask))
  expect(new Set(answers)).toEqual(new Set([404, 'closed']))
  const closed = answers.filter((answer) => answer === 'closed').length
  expect(await refusals('disconnect')).toBe(closed)
  // They get no response, and therefore have no status above 400.
  expect(lines.filter(({ status }) => status === 499).length).toBeLessThan(closed / 2)
})

test('many rejections are logged as a sample, with the number of omitted lines', async () => {
  await open(1_000)
  for (let count = 0; count < 200; count += 1) await foyer.get('/nowhere')
  const logged = lines.filter(({ code }) => code === 'not-found').length
  expect(logged).toBeLessThan(200)
  await foyer.get('/properties/10101')
  const missing = lines.reduce((sum, { omittedLines = 0 }) => sum + omittedLines, 0)
  expect(logged + missing).toBe(200)
})

test('rejected event streams, whose status is 200, are sampled too', async () => {
  await open(1_000, { FOYER_RATE_LIMIT: '1' })
  const request = { url: '/leads/feed?brokerageId=abc', headers: { accept: 'text/event-stream' } }
  // The first one is admitted and stays in progress.
  await foyer.get('/properties/10101')
  for (let count = 0; count < 200; count += 1) expect((await foyer.app.inject(request)).statusCode).toBe(200)
  expect(lines.filter(({ code }) => code === 'rate-limited').length).toBeLessThan(150)
})

test('an internal error is logged even before the request is admitted', async () => {
  await open(50)
  foyer.app.gateway.feed.redeem = () => {
    throw new TypeError('a defect')
  }
  const { status } = await foyer.get('/leads/feed?brokerageId=abc&ticket=t')
  expect([status, lines.filter(({ msg }) => msg === 'internal error')]).toMatchObject([500, [{ code: 'internal' }]])
})
