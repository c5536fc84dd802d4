import { expect, test } from 'vitest'
import { watchStore } from '#src/store/watch.ts'
import { createStubStore } from '../../support/stub-store.ts'

const createWorld = () => {
  const stub = createStubStore()
  const told: string[] = []
  let now = 0
  const watched = watchStore(
    stub.store,
    {
      onFailure: () => {},
      onUnavailable: (error) => told.push((error as Error).name),
      onRecovery: () => told.push('back'),
    },
    () => now,
  )
  const read = () => watched.store.get('a').catch(() => 'failed')
  return {
    ...watched,
    stub,
    told,
    read,
    pass: (milliseconds: number) => {
      now += milliseconds
    },
  }
}

test('an unavailable store is reported once a minute, and its recovery once', async () => {
  const { isUp, stub, told, read, pass } = createWorld()
  await read()
  expect([isUp(), told]).toEqual([true, []])
  stub.fail('get')
  for (let count = 0; count < 5; count += 1) expect(await read()).toBe('failed')
  expect([isUp(), told]).toEqual([false, ['StoreUnavailable']])
  pass(60_000)
  await read()
  await read()
  expect(told).toEqual(['StoreUnavailable', 'StoreUnavailable'])
  stub.fail()
  await read()
  await read()
  expect([isUp(), told]).toEqual([true, ['StoreUnavailable', 'StoreUnavailable', 'back']])
})

test('occasional failures do not flood the log', async () => {
  const { stub, told, read } = createWorld()
  for (let count = 0; count < 10; count += 1) {
    stub.fail('get')
    await read()
    stub.fail()
    await read()
  }
  expect(told).toEqual(['StoreUnavailable', 'back'])
})
