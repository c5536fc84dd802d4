/**
 * A list that arrives at once and is larger than the buffers is read no faster than the client reads, with all
 * policies.
 */
import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { constants, createBrotliCompress, createGzip, gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { createSpacio } from '#src/upstreams/spacio/index.ts'
import { createStreamedRequester } from '#src/upstreams/spacio/streamed-request.ts'
import { createTransport, type Transport } from '#src/upstreams/transport/index.ts'
import { createResponseMemo } from '#src/upstreams/transport/response-memo.ts'
import type { Send } from '#src/upstreams/transport/types.ts'
import { createWireLead } from '../../../support/spacio.ts'
import { type Stub, startStub } from '../../../support/stub.ts'
import { waitForever } from '../../../support/transport.ts'

const MiB = 1024 * 1024
const filler = 'x'.repeat(1_000)
const lead = (number: number): string => `"${number}": ${JSON.stringify(createWireLead(number, { note: filler }))}`

/** About 1.2 KB per lead: more than the buffers hold from a thousand leads on. */
function* getList(count: number): Generator<Buffer> {
  for (let start = 1; start <= count; start += 50) {
    const leads = Array.from({ length: Math.min(50, count + 1 - start) }, (_, index) => lead(start + index))
    yield Buffer.from(`${start === 1 ? '{' : ','}${leads.join(',')}`)
  }
  yield Buffer.from('}')
}

interface Place {
  stub: Stub
  transport: Transport
  told: string[]
  calls(): number
  ask(signal?: AbortSignal): AsyncGenerator<{ records: unknown[] }, void>
  underWay(): number | undefined
}

const places: Place[] = []

afterEach(async () => {
  for (const { stub, transport } of places.splice(0)) {
    await transport.close()
    await stub.close()
  }
})

const open = async (
  answer: (response: ServerResponse, call: number) => void,
  attemptTimeoutMs = 20_000,
): Promise<Place> => {
  let calls = 0
  const told: string[] = []
  const requests: true[] = []
  const stub = await startStub((_request, response) => {
    calls += 1
    response.on('error', () => {})
    answer(response, calls)
  })
  const observer = {
    begin: () => ({
      onAttempt: (outcome: string) => void told.push(`attempt ${outcome}`),
      onEnd: (outcome: string) => void told.push(`call ${outcome}`),
    }),
  }
  const transport = createTransport({
    random: () => 0,
    observer,
    adjustLimits: (limits) => ({ ...limits, attemptTimeoutMs }),
  })
  const account = { tenant: 't', baseUrl: stub.url, apiKey: 'k', hourlyBudget: 12_000 }
  const askInParts = createStreamedRequester(account, transport.send, () => new Date(), createResponseMemo())
  const place = {
    stub,
    transport,
    told,
    calls: () => requests.length,
    ask: (signal = waitForever()) =>
      askInParts(
        'getRegistrantsByBrokerage',
        { bid: 'b', startDate: '2026-01-01', endDate: '2026-01-02' },
        { signal, onRequest: () => void requests.push(true) },
      ),
    underWay: () => transport.getMetrics('t')[0]?.bulkheads.find((each) => each.class === 'export')?.inFlight,
  }
  places.push(place)
  return place
}

const findNames = async (parts: AsyncIterable<{ records: unknown[] }>): Promise<string[]> => {
  const names: string[] = []
  for await (const { records } of parts) names.push(...records.map((record) => (record as { name: string }).name))
  return names
}

const getNames = (count: number): string[] => Array.from({ length: count }, (_, index) => `Visitor ${index + 1}`)

const send = (response: ServerResponse, chunks: Iterable<Buffer>, headers: Record<string, string> = {}): void => {
  response.writeHead(200, headers)
  pipeline(Readable.from(chunks), response).catch(() => {})
}

const opening = (count: number): Buffer => Buffer.concat([...getList(count)].slice(0, -1))

test('a stream has backpressure, and a slow client does not count as a silent upstream', async () => {
  const count = 20_000
  let sent = 0
  const counted = function* () {
    for (const chunk of getList(count)) {
      sent += chunk.length
      yield chunk
    }
  }
  const { ask, calls, told, underWay } = await open((response) => send(response, counted()), 500)
  const parts = ask()
  const first = await parts.next()
  let before = -1
  const isStill = (): boolean => {
    const still = sent === before
    before = sent
    return still
  }
  // Longer than the timeout of an attempt.
  await expect.poll(isStill, { interval: 600, timeout: 20_000 }).toBe(true)
  expect(sent).toBeLessThan(14 * MiB)
  expect([underWay(), told]).toEqual([1, []])

  const rest = await findNames(parts)

  expect((first.value?.records.length ?? 0) + rest.length).toBe(count)
  expect(sent).toBeGreaterThan(22 * MiB)
  expect([calls(), underWay(), told]).toEqual([1, 0, ['attempt ok', 'call ok']])
})

describe.each(['gzip', 'br'] as const)('packed (%s)', (encoding) => {
  test('a compressed reply is decompressed while it arrives', async () => {
    const { ask } = await open((response) => {
      response.writeHead(200, { 'content-encoding': encoding })
      const packer =
        encoding === 'gzip' ? createGzip() : createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 4 } })
      pipeline(Readable.from(getList(3_000)), packer, response).catch(() => {})
    })
    expect(await findNames(ask())).toEqual(getNames(3_000))
  })
})

test('a truncated compressed reply is a problem', async () => {
  const packed = gzipSync(Buffer.concat([...getList(3_000)]))
  const { ask } = await open((response) =>
    send(response, [packed.subarray(0, packed.length - 9)], { 'content-encoding': 'gzip' }),
  )
  await expect(findNames(ask())).rejects.toMatchObject({ code: 'upstream-invalid-response' })
})

test('a decompression bomb of endless blanks within a list is aborted', async () => {
  const bomb = gzipSync(Buffer.concat([opening(1_500), Buffer.alloc(64 * MiB, ' '), Buffer.from('}')]))
  const { ask } = await open((response) => send(response, [bomb], { 'content-encoding': 'gzip' }))
  await expect(findNames(ask())).rejects.toMatchObject({
    code: 'upstream-invalid-response',
    fields: { cause: { code: 'BODY_TOO_LONG' } },
  })
})

describe('an upstream that stops sending', () => {
  test.each<[string, Buffer | null]>([
    ['before the first byte', null],
    ['within the buffered part', Buffer.from('{"1": {')],
    ['in the middle', opening(2_000)],
  ])('%s', async (_name, chunk) => {
    const { ask, stub, underWay } = await open((response) => {
      response.writeHead(200)
      if (chunk) response.write(chunk)
      else response.flushHeaders()
    }, 300)
    await expect(findNames(ask())).rejects.toMatchObject({ code: 'upstream-timeout' })
    expect([stub.paths.length, underWay()]).toEqual([1, 0])
  })
})

test('a reply that trickles in is buffered no longer than an attempt may take', async () => {
  const { ask } = await open((response) => {
    response.writeHead(200)
    const drip = setInterval(() => response.write(' '), 20)
    response.once('close', () => clearInterval(drip))
  }, 300)
  await expect(findNames(ask())).rejects.toMatchObject({ code: 'upstream-timeout' })
})

describe('a broken connection', () => {
  test('is retried before the first row', async () => {
    const { ask, stub, told } = await open((response, call) => {
      if (call > 1) send(response, getList(2_000))
      else {
        response.writeHead(200)
        response.write(opening(500), () => response.destroy())
      }
    })
    expect(await findNames(ask())).toEqual(getNames(2_000))
    expect([stub.paths.length, told]).toEqual([2, ['attempt upstream-failed', 'attempt ok', 'call ok']])
  })

  test('is not retried after that, and the list ends with a problem', async () => {
    const { ask, stub, told } = await open((response) => {
      response.writeHead(200)
      response.write(opening(2_000), () => response.destroy())
    })
    await expect(findNames(ask())).rejects.toMatchObject({ code: 'upstream-failed' })
    expect([stub.paths.length, told]).toEqual([1, ['attempt upstream-failed', 'call upstream-failed']])
  })
})

test.each<[string, (place: Place, parts: AsyncGenerator<unknown, void>, leave: AbortController) => unknown]>([
  ['reads no further', (_place, parts) => parts.return()],
  ['disconnects', (_place, _parts, leave) => leave.abort(new Error('gone'))],
])('a consumer that %s ends the call', async (_name, leaveIt) => {
  let isOpen = true
  const place = await open((response) => {
    response.once('close', () => {
      isOpen = false
    })
    send(response, getList(40_000))
  })
  const leave = new AbortController()
  const parts = place.ask(leave.signal)
  await parts.next()
  expect(place.underWay()).toBe(1)
  await leaveIt(place, parts, leave)
  await expect.poll(() => [isOpen, place.underWay(), place.told]).toEqual([false, 0, ['attempt left', 'call left']])
})

test('a reply with another status is never a list, however long', async () => {
  const { ask } = await open((response) => {
    response.writeHead(404)
    pipeline(Readable.from(getList(3_000)), response).catch(() => {})
  })
  await expect(findNames(ask())).rejects.toMatchObject({
    code: 'upstream-failed',
    fields: { upstream: { status: 404 } },
  })
})

test('a list of another form is rejected', async () => {
  const { ask, stub } = await open((response) =>
    send(response, [Buffer.from(`{"info": {}, "data": ["${'x'.repeat(2 * MiB)}"]}`)]),
  )
  await expect(findNames(ask())).rejects.toMatchObject({ code: 'upstream-invalid-response' })
  expect(stub.paths).toHaveLength(1)
})

test('a consumer that stops after the first batch ends the upstream read', async () => {
  const { stub, transport, underWay } = await open((response) => send(response, getList(20_000)))
  const account = { tenant: 't', baseUrl: stub.url, apiKey: 'k', hourlyBudget: 12_000 }
  const withoutV2: Send = (request, signal) =>
    request.path.startsWith('/api/v2/')
      ? Promise.resolve(request.read({ status: 404, retryAfter: null, body: Buffer.from('') }, false))
      : transport.send(request, signal)
  const spacio = createSpacio({
    account,
    send: withoutV2,
    responseMemo: createResponseMemo(),
    drift: () => {},
    now: () => new Date(),
  })
  const report = spacio.getLeadReport(
    { kind: 'brokerage', id: 'b' },
    { startDate: '2026-01-01', endDate: '2026-01-02' },
  )
  const parts = report.stream({ signal: waitForever(), includeSource: false })
  expect((await parts.next()).value?.length).toBeGreaterThan(0)
  expect(underWay()).toBe(1)
  await parts.return()
  await expect.poll(underWay).toBe(0)
})
