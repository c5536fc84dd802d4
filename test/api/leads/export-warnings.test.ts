/**
 * A long export has hundreds of parts. Listeners that the gateway adds to a connection for one part must be removed.
 */
import { request } from 'node:http'
import { pipeline, Readable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { startStub } from '../../support/stub.ts'
import { openGateway } from '../../support/test-gateway.ts'

const leads = 12_000

const getLead = (index: number) => ({
  ...{ id: `id-${index}`, name: `Visitor ${index}`, email: 'v@example.com', phone: '1', answersObj: [], note: '' },
  ...{ hasAgent: 'NO', hasFinancing: 'NO', isBroker: 'NO', sid: 1, plid: 'A', agentEmail: 'a@example.com' },
  dateCreated: '2026-03-15 12:00:00',
})

function* reportChunks(): Generator<string> {
  for (let index = 1; index <= leads; index += 1)
    yield `${index === 1 ? '{' : ','}"${index}":${JSON.stringify(getLead(index))}`
  yield '}'
}

const countLines = (url: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const sent = request(url, { agent: false }, async (response) => {
      let lines = 0
      for await (const chunk of response.setEncoding('latin1')) {
        lines += (chunk as string).split('\n').length - 1
        // The gateway has to wait for the client repeatedly.
        await turn()
      }
      resolve(lines)
    })
    sent.on('error', reject).end()
  })

test('a long export emits no process warning', async () => {
  const warnings: Error[] = []
  const note = (warning: Error) => void warnings.push(warning)
  const stub = await startStub((incoming, response) => {
    incoming.resume()
    response.setHeader('content-type', 'application/json')
    if (incoming.url?.includes('/v2/')) response.end('{"error":"access-denied"}')
    else pipeline(Readable.from(reportChunks(), { objectMode: false }), response, () => {})
  })
  const gateway = await openGateway({ SPACIO_API_KEY: 'key', SPACIO_BASE_URL: stub.url })
  process.on('warning', note)
  try {
    const base = await gateway.app.listen({ host: '127.0.0.1', port: 0 })
    const window = 'brokerageId=b1&from=2026-03-15&to=2026-03-15'

    expect(await countLines(`${base}/leads/export?${window}&format=ndjson`)).toBe(leads)
    expect(await countLines(`${base}/leads/export?${window}&format=csv`)).toBe(leads + 1)
    // Warnings are emitted in a later turn.
    await turn()
    expect(warnings).toEqual([])
  } finally {
    process.off('warning', note)
    await gateway.close()
    await stub.close()
  }
})
