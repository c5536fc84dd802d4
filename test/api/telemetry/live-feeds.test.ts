/** Live feeds are counted while they are open, but not in the latency. */
import { expect, test } from 'vitest'
import { openEventReader } from '../../support/event-reader.ts'
import { createLogbook, scrape } from '../../support/telemetry.ts'
import { openSandboxAndGateway } from '../../support/test-gateway.ts'

test('listeners, until they leave', async () => {
  const log = createLogbook()
  const foyer = await openSandboxAndGateway({ sandbox: { leads: 200 }, logger: log.logger })
  const origin = await foyer.app.listen({ host: '127.0.0.1', port: 0 })
  const readers = [1, 2].map(() => openEventReader(`${origin}/leads/feed?brokerageId=b1001`))
  const [one, two] = await Promise.all(readers)
  await expect.poll(async () => (await scrape(foyer.app)).value('foyer_feed_listeners')).toBe(2)
  one?.disconnect()
  await expect.poll(async () => (await scrape(foyer.app)).value('foyer_feed_listeners')).toBe(1)
  two?.disconnect()
  const route = '/leads/feed'
  await expect.poll(() => log.requests().filter((line) => line.route === route)).toHaveLength(2)
  const { value } = await scrape(foyer.app)
  expect(value('foyer_feed_listeners')).toBe(0)
  expect(value('foyer_http_requests_total', { route })).toBe(2)
  expect(log.requests().filter((line) => line.route === route)[0]).toMatchObject({ status: 200, left: true })
  expect(value('foyer_http_request_duration_seconds_count', { route })).toBe(0)
  await foyer.close()
})
