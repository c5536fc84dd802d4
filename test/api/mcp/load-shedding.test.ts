/** Requests of assistants take slots in the same queue as all others. */
import { afterEach, expect, test } from 'vitest'
import { type AssistantGateway, openAssistantGateway } from '../../support/mcp.ts'

let foyer: AssistantGateway

afterEach(() => foyer.close())

const message = (method: string, params: object = {}) => ({ jsonrpc: '2.0', id: 1, method, params })

const listTools = message('tools/list')
const showListing = message('tools/call', { name: 'show_listing', arguments: { sid: 10101 } })

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise(setImmediate)
}

/** A slow clock: a busy machine rejects no request. */
const now = () => performance.now() / 100

/** Of nine slots a client alone may hold three. */
const share = 3

const open = async (shedding = {}) => {
  foyer = await openAssistantGateway({}, { shedding: { slots: 9, now, ...shedding } })
  const { app } = foyer.gateway
  const { promise, resolve } = Promise.withResolvers<void>()
  const { accessTokens } = app.gateway
  accessTokens.issueForManager = async (email) => {
    await promise
    return { email, ukey: null, accessToken: 'x' }
  }
  const waiting = Array.from({ length: share }, () =>
    foyer.gateway.send('POST', '/managers/m@example.com/access-token', undefined, foyer.clients.headers('whole')),
  )
  await until(() => app.getInFlightCount() === share)
  return {
    app,
    release: async () => {
      resolve()
      await Promise.all(waiting)
    },
  }
}

test.for([
  ['tools/list', listTools],
  ['tools/call', showListing],
] as const)('%s waits while its client holds its share, and the client of another key does not', async ([, sent]) => {
  const { app, release } = await open()
  const queued = foyer.post(sent)
  await until(() => app.getWaitingCount() === 1)
  const other = await foyer.post(sent, foyer.clients.headers('listings'))
  expect(other.status).toBe(200)
  expect(app.getWaitingCount()).toBe(1)
  await release()
  expect((await queued).status).toBe(200)
  expect([app.getInFlightCount(), app.getWaitingCount()]).toEqual([0, 0])
})

test('many more tool calls than slots are all answered: none holds a slot that another needs', async () => {
  foyer = await openAssistantGateway({}, { shedding: { slots: 3, now } })
  const replies = await Promise.all(Array.from({ length: 30 }, () => foyer.post(showListing)))
  const results = await Promise.all(
    replies.map(async (reply) => [reply.status, ((await reply.json()) as any).result.isError]),
  )
  expect(new Set(results.map(String))).toEqual(new Set(['200,']))
})

test('messages beyond the queue are rejected', async () => {
  const { app, release } = await open({ maxWaiting: 2 })
  const queued = [foyer.post(listTools), foyer.post(showListing)]
  await until(() => app.getWaitingCount() === 2)
  for (const message of [listTools, showListing]) {
    const reply = await foyer.post(message)
    expect([reply.status, ((await reply.json()) as { code: string }).code]).toEqual([503, 'overloaded'])
  }
  await release()
  expect((await Promise.all(queued)).map(({ status }) => status)).toEqual([200, 200])
})
