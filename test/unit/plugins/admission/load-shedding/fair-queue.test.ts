import { beforeEach, describe, expect, test } from 'vitest'
import { createFairQueue } from '#src/plugins/admission/load-shedding/fair-queue.ts'
import { createFairSlots } from '#src/plugins/admission/load-shedding/fair-slots.ts'
import { type WorkClass, workClasses } from '#src/plugins/admission/load-shedding/priority-classes.ts'

let time: number
let deferred: (() => void)[]
let sweep: (() => void) | undefined
let started: string[]
let refused: string[]
let queue: ReturnType<typeof createFairQueue>
const releases = new Map<string, () => void>()

const open = (slots: number, maxWaiting = 100) => {
  time = 0
  deferred = []
  started = []
  refused = []
  releases.clear()
  queue = createFairQueue({
    slots: createFairSlots(slots),
    maxWaiting,
    now: () => time,
    defer: (task) => deferred.push(task),
    repeat: (task) => {
      sweep = task
      return () => {
        sweep = undefined
      }
    },
  })
}

const endTurn = () => {
  for (const task of deferred.splice(0)) task()
}

const passAndSweep = (ms: number) => {
  time += ms
  sweep?.()
}

interface Options {
  tenant?: string
  client?: string
  workClass?: WorkClass
  /** The number of milliseconds for which its start blocks the process. */
  takes?: number
}

const enter = (name: string, { tenant = 'north', client = 'web', workClass = 'read', takes = 0 }: Options = {}) =>
  queue.acquire({
    owner: { tenant, client },
    workClass,
    admit: (release) => {
      time += takes
      started.push(name)
      releases.set(name, release)
    },
    reject: () => refused.push(name),
  })

const release = (name: string) => releases.get(name)?.()

beforeEach(() => open(300))

test('a request starts immediately if a slot is free', () => {
  enter('a')
  expect([started, queue.waiting()]).toEqual([['a'], 0])
})

describe('a turn of the event loop', () => {
  test('starts requests for at most 2 ms; the others start in later turns, in order', () => {
    for (const name of 'abcdef') enter(name, { takes: 1 })
    expect(started).toEqual(['a', 'b', 'c'])
    endTurn()
    expect(started.join('')).toBe('abcdef')
    expect(queue.waiting()).toBe(0)
  })

  test('serves tenants in turn: a single request does not wait for a hundred requests of another tenant', () => {
    for (let index = 0; index < 100; index += 1) enter(`north ${index}`, { takes: 1 })
    enter('south', { tenant: 'south', takes: 1 })
    endTurn()
    expect(started.indexOf('south')).toBeLessThan(6)
  })

  test('serves the clients of a tenant in turn', () => {
    for (let index = 0; index < 50; index += 1) enter(`loud ${index}`, { client: 'loud', takes: 1 })
    enter('quiet', { client: 'quiet', takes: 1 })
    endTurn()
    expect(started.indexOf('quiet')).toBeLessThan(6)
  })
})

describe('a tenant that uses its whole share', () => {
  beforeEach(() => {
    open(9)
    for (const name of 'abc') enter(name)
    enter('late')
  })

  test('waits until one of its requests ends', () => {
    expect([started.join(''), queue.waiting()]).toEqual(['abc', 1])
    release('b')
    expect([started.at(-1), queue.waiting()]).toEqual(['late', 0])
  })

  test('does not delay another tenant', () => {
    enter('other', { tenant: 'south' })
    expect(started.at(-1)).toBe('other')
  })

  test('is rejected earlier after its queue has been long for a while, reports first and writes last', () => {
    passAndSweep(500)
    passAndSweep(500)
    passAndSweep(550)
    for (const workClass of workClasses) enter(workClass, { workClass })
    expect(refused).toEqual([])
    passAndSweep(451)
    expect(refused).toEqual(['late', 'report'])
    passAndSweep(150)
    expect(refused.slice(2)).toEqual(['list'])
    passAndSweep(200)
    expect(refused.slice(3)).toEqual(['read'])
    passAndSweep(200)
    expect(refused.slice(4)).toEqual(['write'])
    expect([queue.waiting(), sweep]).toEqual([0, undefined])
  })

  test('loses its last request if too many requests wait', () => {
    open(9, 3)
    for (const name of 'abcdefg') enter(name)
    expect([refused, queue.waiting()]).toEqual([['g'], 3])
    enter('other', { tenant: 'south' })
    expect(started.at(-1)).toBe('other')
  })
})

test('a request whose client disconnected is removed', () => {
  open(9)
  for (const name of 'abc') enter(name)
  const leave = enter('late')
  leave()
  leave()
  release('a')
  expect([started.join(''), queue.waiting(), sweep]).toEqual(['abc', 0, undefined])
})

test('a request that has waited too long is rejected at its turn', () => {
  open(9)
  for (const name of 'abcd') enter(name)
  time += 3_001
  release('a')
  endTurn()
  expect([started.join(''), refused]).toEqual(['abc', ['d']])
})

test('all slots are free again after all requests have ended', () => {
  const slots = createFairSlots(9)
  const own = createFairQueue({ slots, maxWaiting: 9, now: () => 0, defer: () => {}, repeat: () => () => {} })
  const ends: (() => void)[] = []
  for (let index = 0; index < 8; index += 1) {
    own.acquire({
      owner: { tenant: 't', client: 'c' },
      workClass: 'read',
      admit: (end) => ends.push(end),
      reject: () => {},
    })
  }
  while (ends.length > 0) ends.pop()?.()
  expect([slots.countTaken(), own.waiting()]).toEqual([0, 0])
})

test('does not poll while all requests wait for slots', () => {
  open(3)
  enter('a')
  enter('b')
  for (let turns = 0; turns < 3; turns += 1) endTurn()
  expect([queue.waiting(), deferred]).toEqual([1, []])
  release('a')
  expect(started).toEqual(['a', 'b'])
})
