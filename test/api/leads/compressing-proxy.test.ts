/** Many development servers and some proxies compress what they pass on, with the package that is used here. */
import { once } from 'node:events'
import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream'
import compression from 'compression'
import express from 'express'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openReader } from '../../feed/support/event-reader.ts'
import { type House, openHouse } from '../../support/house.ts'

let house: House
let proxy: Server
let proxyUrl: string

beforeAll(async () => {
  house = await openHouse({ sandbox: { leads: 500 }, env: { FOYER_FEED_FLOOR: '0.05' } })
  const target = await house.app.listen({ host: '127.0.0.1', port: 0 })
  const app = express()
  app.use(compression({ threshold: 0 }))
  app.use((incoming, outgoing) => {
    const { method, url, headers } = incoming
    const sent = request(target + url, { method, headers, agent: false }, (reply) => {
      outgoing.writeHead(reply.statusCode ?? 502, reply.headers)
      pipeline(reply, outgoing, () => {})
    })
    sent.on('error', () => outgoing.destroy())
    outgoing.once('close', () => sent.destroy())
    sent.end()
  })
  proxy = createServer(app).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  proxyUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
})

afterAll(async () => {
  proxy.closeAllConnections()
  proxy.close()
  await house.close()
})

const acceptsGzip = { 'accept-encoding': 'gzip' }

test('the proxy compresses other replies', async () => {
  const reply = await fetch(`${proxyUrl}/problems`, { headers: acceptsGzip })
  expect(reply.headers.get('content-encoding')).toBe('gzip')
  await reply.body?.cancel()
})

test('events of a live feed arrive as they are sent', async () => {
  const reader = await openReader(`${proxyUrl}/leads/feed?brokerageId=b1001`, acceptsGzip)
  await expect.poll(() => reader.comments()).toContain('still here')
  const [lead] = house.sandbox.control.spacio.addLead({ sid: 10101, name: 'Newcomer' })
  await expect.poll(() => reader.leadIds()).toContain(lead?.id)
  expect(reader.headers['cache-control']).toBe('no-store, no-transform')
  reader.leave()
})

test('an export is passed on as it is', async () => {
  const reply = await fetch(`${proxyUrl}/leads/export?brokerageId=b1001`, { headers: acceptsGzip })
  expect(reply.headers.get('content-encoding')).toBeNull()
  expect(reply.headers.get('cache-control')).toBe('no-store, no-transform')
  expect(await reply.text()).toMatch(/^"id",/)
})
