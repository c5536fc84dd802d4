/** Slow reports of many tenants do not delay single reads. */
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { createTransport } from '#src/upstreams/transport/index.ts'
import { limits } from '#src/upstreams/transport/limits.ts'
import { createAnswer, startStub } from '../../../support/stub.ts'
import { createRequest, toSettled, waitForever } from '../../../support/transport.ts'

test('any number of tenants that wait for reports do not delay a read', async () => {
  const tenants = Array.from({ length: 20 }, (_, index) => `tenant ${index}`)
  const reports = tenants.length * limits.spacioReport.maxInFlight
  const all = new EventTarget()
  let waiting = 0
  const stub = await startStub((request, response) => {
    if (request.url !== '/report') return createAnswer({})(request, response)
    waiting += 1
    if (waiting === reports) all.dispatchEvent(new Event('there'))
  })
  const transport = createTransport()
  const leaving = new AbortController()
  const there = once(all, 'there')
  const slow = tenants.flatMap((tenant) =>
    Array.from({ length: limits.spacioReport.maxInFlight }, () => {
      const request = createRequest({ tenant, baseUrl: stub.url, path: '/report', limits: limits.spacioReport })
      return toSettled(transport.send(request, leaving.signal))
    }),
  )
  await there
  const reply = await transport.send(createRequest({ tenant: 'tenant 0', baseUrl: stub.url }), waitForever())
  expect(reply.status).toBe(200)
  leaving.abort()
  await Promise.all(slow)
  await transport.close()
  await stub.close()
})
