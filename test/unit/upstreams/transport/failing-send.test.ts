/** A call is sent from a callback of the event loop. An error there fails the call, not the process. */
import { expect, test } from 'vitest'
import { createTransport } from '#src/upstreams/transport/index.ts'
import { limits } from '#src/upstreams/transport/limits.ts'
import type { UpstreamRequest } from '#src/upstreams/transport/types.ts'

test('a call whose dispatch throws is rejected', async () => {
  let fails = false
  const monotonic = () => {
    if (fails) throw new TypeError('a defect')
    return 0
  }
  const transport = createTransport({ monotonic, random: () => 0 })
  const call: UpstreamRequest<null> = {
    ...{ tenant: 't', system: 'liondesk', operation: 'x', limits: limits.liondeskRead, method: 'GET' },
    ...{ baseUrl: 'http://127.0.0.1:9', path: '/', headers: {}, read: () => null },
  }
  fails = true
  await expect(transport.send(call, new AbortController().signal)).rejects.toMatchObject({ code: 'upstream-failed' })
  await transport.close()
})
