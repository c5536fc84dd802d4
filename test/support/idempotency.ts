import type { Environment } from '#src/config.ts'
import { createClock } from './caching.ts'
import { openSandboxAndGateway, type SandboxGateway, type TestResponse } from './test-gateway.ts'

export type Clock = ReturnType<typeof createClock>

export { createClock }

export interface IdempotentGateway extends SandboxGateway {
  clock: Clock
  /** Creates a property of event 7 with a key. */
  create(key: string | undefined, body?: object, path?: string): Promise<TestResponse>
  /** The number of records that LionDesk received. */
  posts(): number
  /** The cities of the records of an event. */
  cities(eventId?: string): unknown[]
}

export const openIdempotentGateway = async (env: Environment = {}): Promise<IdempotentGateway> => {
  const clock = createClock()
  const testGateway = await openSandboxAndGateway({ env, sandbox: { leads: 10, now: clock.now() }, now: clock.now })
  const { liondesk } = testGateway.sandbox.control
  return {
    ...testGateway,
    clock,
    create: (key, body = renoInput, path = '/events/7/properties') =>
      testGateway.send('POST', path, body, key === undefined ? {} : { 'idempotency-key': key }),
    posts: () => liondesk.requests().filter(({ operation }) => operation === 'create').length,
    cities: (eventId = '7') => liondesk.records(eventId).map(({ city }) => city),
  }
}

export const renoInput = { city: 'Reno', listPrice: 499900.5, lastSoldAt: '2018-02-16T08:00:00.250Z' }

export const isReplayed = ({ headers }: TestResponse): unknown => headers['idempotency-replayed']
