/**
 * A write is not sent if its key cannot be stored. The result of a sent write is returned even if it cannot be stored.
 */
import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { createSealer } from '#src/gateway/crypto/encryption.ts'
import { createIdempotency, type IdempotentWrite } from '#src/gateway/idempotency/index.ts'
import { createMemoryStore } from '#src/store/memory/index.ts'
import { createFailingStore } from '../../../support/failing-store.ts'

const sealer = createSealer([randomBytes(32)])

const createWrite = (problem?: Error) => {
  const done: string[] = []
  const write: IdempotentWrite<string, string> = {
    path: ['tenant'],
    key: 'a',
    request: 1,
    prepare: async () => 'x',
    send: async (sent) => {
      if (problem) throw problem
      done.push(sent)
      return sent
    },
    find: async (sent) => done.find((each) => each === sent) ?? null,
  }
  return { done, write }
}

const unavailable = { code: 'upstream-unavailable', status: 503, fields: { retryAfter: 5 } }

test.each([0, 1, 2, 3, 4])('lost at step %i: the request is rejected, and nothing is sent', async (from) => {
  const { write, done } = createWrite()
  const store = createMemoryStore()
  await expect(createIdempotency(createFailingStore(store, from), sealer).once(write)).rejects.toMatchObject(
    unavailable,
  )
  expect(done).toEqual([])
})

test.each([5, 6])('lost at step %i: the write was sent, and the repeated request finds it', async (from) => {
  const { write, done } = createWrite()
  let time = 0
  const store = createMemoryStore(() => time)
  const first = await createIdempotency(createFailingStore(store, from), sealer).once(write)
  expect(first).toEqual({ result: 'x', isReplayed: false })
  time += 60_000
  expect(await createIdempotency(store, sealer).once(write)).toEqual({ result: 'x', isReplayed: true })
  expect(done).toEqual(['x'])
})

test('the key stays in use after an internal error, which may have followed the write', async () => {
  const store = createMemoryStore()
  await expect(createIdempotency(store, sealer).once(createWrite(new TypeError('defect')).write)).rejects.toThrow()
  const { write, done } = createWrite()
  done.push('x')
  expect(await createIdempotency(store, sealer).once(write)).toEqual({ result: 'x', isReplayed: true })
})

test('an attempt that cannot be decrypted may have been sent, so it is not sent again', async () => {
  const store = createMemoryStore()
  const { write, done } = createWrite()
  await createIdempotency(store, createSealer([randomBytes(32)])).once(write)
  expect(await createIdempotency(store, sealer).once(write)).toEqual({ result: 'x', isReplayed: true })
  expect(done).toEqual(['x'])
})

test('a request that lost its lease during preparation sends nothing', async () => {
  let time = 0
  const store = createMemoryStore(() => time)
  const idempotency = createIdempotency(store, sealer)
  const { write, done } = createWrite()
  const slow = {
    ...write,
    prepare: async () => {
      time += 60_000
      await idempotency.once(write)
      return 'y'
    },
  }
  await expect(idempotency.once(slow)).rejects.toMatchObject({ code: 'conflict' })
  expect(done).toEqual(['x'])
  expect(await idempotency.once(slow)).toEqual({ result: 'x', isReplayed: true })
})
