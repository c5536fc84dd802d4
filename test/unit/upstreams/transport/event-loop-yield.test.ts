/** Long replies that arrive together are read one per turn of the event loop. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createYielder } from '#src/upstreams/transport/event-loop-yield.ts'
import { createTransport } from '#src/upstreams/transport/index.ts'
import type { UpstreamReply } from '#src/upstreams/transport/types.ts'
import { createRequest, toSettled, waitForever } from '../../../support/transport.ts'

/** The number of the current turn. */
const countTurns = () => {
  let [turn, isOver] = [0, false]
  const pass = (): void => {
    turn += 1
    if (!isOver) setImmediate(pass)
  }
  setImmediate(pass)
  onTestFinished(() => {
    isOver = true
  })
  return () => turn
}

test('the first waiter is admitted immediately, and the others one per turn in order', async () => {
  const turn = countTurns()
  const turns = createYielder()
  const began = turn()
  expect(turns.nextTurn()).toBe(undefined)
  const enter = async (name: string) => {
    await turns.nextTurn()
    return [name, turn() - began]
  }
  expect(await Promise.all(['b', 'c', 'd'].map(enter))).toEqual([
    ['b', 1],
    ['c', 2],
    ['d', 3],
  ])
  await new Promise(setImmediate)
  expect(turns.nextTurn()).toBe(undefined)
})

/** An upstream that sends its long replies when a number of calls wait for them, with its transport. */
const openUpstream = async (together: number) => {
  const pending: (() => void)[] = []
  const server = createServer((_request, response) => {
    pending.push(() => response.end('x'.repeat(20_000)))
    if (pending.length === together) for (const answer of pending) answer()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { send, close } = createTransport()
  onTestFinished(async () => {
    await close()
    server.close()
  })
  return { send, baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

const four = ['a', 'b', 'c', 'd']

test('long replies that arrive together are read in separate turns', async () => {
  const { send, baseUrl } = await openUpstream(four.length)
  const turn = countTurns()
  const taken = new Set<number>()
  const read = (reply: UpstreamReply) => {
    taken.add(turn())
    return reply
  }
  await Promise.all(four.map(() => send(createRequest({ baseUrl, read }), waitForever())))
  expect(taken.size).toBe(4)
})

test('a reply whose client disconnected before its turn is not read', async () => {
  const { send, baseUrl } = await openUpstream(four.length)
  const client = new AbortController()
  let reads = 0
  const read = (reply: UpstreamReply) => {
    reads += 1
    // By then the other calls are there and wait for their turns.
    setImmediate(() => client.abort(new Error('the client has left')))
    return reply
  }
  await Promise.all(four.map(() => toSettled(send(createRequest({ baseUrl, read }), client.signal))))
  expect(reads).toBeLessThan(four.length)
})
