import type { FairSlots, SlotOwner } from './fair-slots.ts'
import { createMaxWait, type MaxWait } from './max-wait.ts'
import type { WorkClass } from './priority-classes.ts'

interface Waiter {
  readonly owner: SlotOwner
  readonly workClass: WorkClass
  /** Continues the request. It occupies a slot until `release` is called. */
  admit(release: () => void): void
  reject(): void
}

interface FairQueueOptions {
  slots: FairSlots
  maxWaiting: number
  /** Milliseconds of a monotonic clock. */
  now: () => number
  /** Runs a task after the events that the event loop has already received. */
  defer: (task: () => void) => void
  /** Repeats a task until the returned function is called. */
  repeat: (task: () => void) => () => void
}

/** Maximum time for starting requests in a turn of the event loop, so that upstream responses are processed too. */
const maxTurnMs = 2

interface QueueEntry extends Waiter {
  readonly since: number
  /** Shared by all requests of the tenant. */
  readonly maxWait: MaxWait
}

interface TenantQueue {
  readonly clients: Map<string, QueueEntry[]>
  readonly maxWait: MaxWait
  size: number
}

/**
 * Starts requests in a fair order: tenants take turns, and within a tenant its clients do (fair queuing with controlled
 * delay, RFC 8290). A request waits while its tenant or client occupies its share of the slots, or while the turn of
 * the event loop is used up. The queue rejects a request only after it has waited too long.
 */
export const createFairQueue = ({ slots, maxWaiting, now, defer, repeat }: FairQueueOptions) => {
  /** In the order of their next turn. */
  const tenants = new Map<string, TenantQueue>()
  let waitingCount = 0
  let turnStartMs: number | undefined
  let isDispatching = false
  /** True if requests wait only because the turn was used up. */
  let wasInterrupted = false
  let stopSweeping: (() => void) | undefined

  const isTurnUsed = (): boolean => {
    if (turnStartMs !== undefined) return now() - turnStartMs > maxTurnMs
    turnStartMs = now()
    defer(endTurn)
    return false
  }

  const endTurn = (): void => {
    turnStartMs = undefined
    // A request that waits for a slot starts when another request releases one, so polling is unnecessary.
    if (wasInterrupted) dispatch()
  }

  const start = (waiter: Waiter): void => {
    const release = slots.take(waiter.owner)
    waiter.admit(() => {
      release()
      dispatch()
    })
  }

  const dispatch = (): void => {
    if (isDispatching) return
    isDispatching = true
    wasInterrupted = false
    try {
      while (waitingCount > 0) {
        wasInterrupted = isTurnUsed()
        if (wasInterrupted) break
        const entry = takeNext()
        if (!entry) break
        if (isInTime(entry)) start(entry)
        else entry.reject()
      }
    } finally {
      isDispatching = false
    }
  }

  const takeNext = (): QueueEntry | undefined => {
    for (const [tenant, queue] of tenants) {
      for (const [client, entries] of queue.clients) {
        const [first] = entries
        if (!first || !slots.canTake(first.owner)) continue
        remove(tenant, queue, client, entries, 0)
        moveToEnd(queue.clients, client)
        moveToEnd(tenants, tenant)
        return first
      }
    }
    return undefined
  }

  const isInTime = ({ since, maxWait, workClass }: QueueEntry): boolean => {
    maxWait.record(now() - since)
    return now() - since <= maxWait.getMaxWaitMs(workClass)
  }

  const remove = (tenant: string, queue: TenantQueue, client: string, entries: QueueEntry[], index: number): void => {
    entries.splice(index, 1)
    queue.size -= 1
    waitingCount -= 1
    if (entries.length === 0) queue.clients.delete(client)
    // An empty queue forgets its measured waits, because it is not a standing queue.
    if (queue.size === 0) tenants.delete(tenant)
    if (waitingCount > 0) return
    stopSweeping?.()
    stopSweeping = undefined
  }

  const findEntry = (isWanted: (entry: QueueEntry) => boolean) => {
    for (const [tenant, queue] of tenants) {
      for (const [client, entries] of queue.clients) {
        const index = entries.findIndex(isWanted)
        if (index >= 0)
          return { entry: entries[index] as QueueEntry, take: () => remove(tenant, queue, client, entries, index) }
      }
    }
    return undefined
  }

  /** Removes expired requests of tenants whose share is used up; `dispatch` does not reach them. */
  const rejectExpired = (): void => {
    const moment = now()
    for (const { clients, maxWait } of tenants.values()) {
      const oldest = Math.min(...[...clients.values()].map(([first]) => first?.since ?? moment))
      maxWait.record(moment - oldest)
    }
    for (;;) {
      const match = findEntry(({ since, workClass, maxWait }) => moment - since > maxWait.getMaxWaitMs(workClass))
      if (!match) return
      match.take()
      match.entry.reject()
    }
  }

  /** Rejects the last request of the tenant and client with the longest queue. */
  const rejectFromLongest = (): void => {
    const [tenant, queue] = findLongest(tenants, ({ size }) => size)
    const [client, entries] = findLongest(queue.clients, ({ length }) => length)
    const last = entries.at(-1) as QueueEntry
    remove(tenant, queue, client, entries, entries.length - 1)
    last.reject()
  }

  const enqueue = (waiter: Waiter): QueueEntry => {
    const { tenant, client } = waiter.owner
    const queue = tenants.get(tenant) ?? { clients: new Map(), maxWait: createMaxWait(now), size: 0 }
    const entries = queue.clients.get(client) ?? []
    const entry = { ...waiter, since: now(), maxWait: queue.maxWait }
    entries.push(entry)
    queue.clients.set(client, entries)
    queue.size += 1
    tenants.set(tenant, queue)
    waitingCount += 1
    stopSweeping ??= repeat(rejectExpired)
    if (waitingCount > maxWaiting) rejectFromLongest()
    dispatch()
    return entry
  }

  return {
    waiting: (): number => waitingCount,
    /** Starts or queues the request. Returns a function that removes it from the queue. */
    acquire: (waiter: Waiter): (() => void) => {
      if (!tenants.has(waiter.owner.tenant) && slots.canTake(waiter.owner) && !isTurnUsed()) {
        start(waiter)
        return () => {}
      }
      const entry = enqueue(waiter)
      return () => findEntry((each) => each === entry)?.take()
    },
  }
}

const moveToEnd = <T>(map: Map<string, T>, key: string): void => {
  const value = map.get(key)
  if (value === undefined || !map.delete(key)) return
  map.set(key, value)
}

const findLongest = <T>(map: ReadonlyMap<string, T>, getSize: (value: T) => number): [string, T] =>
  [...map].reduce((longest, each) => (getSize(each[1]) > getSize(longest[1]) ? each : longest))
