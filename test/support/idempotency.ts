import type { Environment } from '#src/config.ts'
import { createClock } from './caching.ts'
import { type Answer, type House, openHouse } from './test-gateway.ts'

export type Clock = ReturnType<typeof createClock>

export { createClock }

export interface KeyedHouse extends House {
  clock: Clock
  /** Creates a property of event 7 under a key. */
  create(key: string | undefined, body?: object, path?: string): Promise<Answer>
  /** How often LionDesk was sent a record. */
  posts(): number
  /** Cities of the records of an event. */
  cities(eventId?: string): unknown[]
}

export const openKeyedHouse = async (env: Environment = {}): Promise<KeyedHouse> => {
  const clock = createClock()
  const house = await openHouse({ env, sandbox: { leads: 10, now: clock.now() }, now: clock.now })
  const { liondesk } = house.sandbox.control
  return {
    ...house,
    clock,
    create: (key, body = reno, path = '/events/7/properties') =>
      house.send('POST', path, body, key === undefined ? {} : { 'idempotency-key': key }),
    posts: () => liondesk.requests().filter(({ operation }) => operation === 'create').length,
    cities: (eventId = '7') => liondesk.records(eventId).map(({ city }) => city),
  }
}

export const reno = { city: 'Reno', listPrice: 499900.5, lastSoldAt: '2018-02-16T08:00:00.250Z' }

export const replayedOf = ({ headers }: Answer): unknown => headers['idempotency-replayed']
