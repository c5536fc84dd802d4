/** Refusals are cheap to ask for, so that a client that keeps asking is slowed down, and leaves few lines in the log. */
import { Writable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { loggerOptions } from '#src/plugins/request-log.ts'
import { type House, openHouse } from '../../support/test-gateway.ts'

let house: House
let lines: { code?: string; omittedLines?: number }[]

const open = async (promptRefusals: number) => {
  lines = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)))
      done()
    },
  })
  house = await openHouse({
    sandbox: { leads: 0 },
    shedding: { promptRefusals },
    logger: { ...loggerOptions('info'), stream },
  })
}

afterEach(() => house.close())

const refusals = async (answer: string): Promise<number> => {
  const text = (await house.app.scrape?.text()) ?? ''
  return Number(new RegExp(`foyer_refusals_total\\{answer="${answer}"\\} (\\d+)`).exec(text)?.[1])
}

test('beyond an allowance a client is refused late, and with the same document', async () => {
  await open(2)
  const first = await house.get('/nowhere')
  await house.get('/nowhere')
  let isAnswered = false
  const late = house.get('/nowhere').finally(() => {
    isAnswered = true
  })
  await wait(200)
  expect(isAnswered).toBe(false)
  const { requestId, instance, ...document } = (await late).body
  expect(first.body).toMatchObject(document)
  expect([await refusals('prompt'), await refusals('late')]).toEqual([2, 1])
})

test('other clients are answered meanwhile', async () => {
  await open(1)
  const from = (remoteAddress: string) => house.app.inject({ url: '/nowhere', remoteAddress })
  await from('198.51.100.1')
  const late = from('198.51.100.1')
  expect((await from('198.51.100.2')).statusCode).toBe(404)
  expect((await house.get('/properties/10101')).status).toBe(200)
  expect((await late).statusCode).toBe(404)
})

test('connections of a client are closed where too many of its refusals wait', async () => {
  await open(1)
  const base = await house.app.listen({ host: '127.0.0.1', port: 0 })
  const ask = () =>
    fetch(`${base}/nowhere`).then(
      ({ status }) => status,
      () => 'closed',
    )
  const answers = await Promise.all(Array.from({ length: 200 }, ask))
  expect(new Set(answers)).toEqual(new Set([404, 'closed']))
  expect(await refusals('disconnect')).toBe(answers.filter((answer) => answer === 'closed').length)
})

test('of many refusals a sample is logged, and how many are missing', async () => {
  await open(1_000)
  for (let count = 0; count < 200; count += 1) await house.get('/nowhere')
  const logged = lines.filter(({ code }) => code === 'not-found').length
  expect(logged).toBeLessThan(200)
  await house.get('/properties/10101')
  const missing = lines.reduce((sum, { omittedLines = 0 }) => sum + omittedLines, 0)
  expect(logged + missing).toBe(200)
})
