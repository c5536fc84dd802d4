import { limits } from '#src/upstreams/transport/limits.ts'
import type { CallLimits } from '#src/upstreams/transport/types.ts'
import type { Sandbox } from '../../../sandbox/index.ts'

export interface TestRequest {
  method: string
  url: string
  body?: object
}

/** One operation of each class, as a client requests it. */
export interface Operation extends TestRequest {
  /** The title of its column. */
  title: string
  system: 'spacio' | 'liondesk'
  /** The upstream's name of the operation, as the sandbox's journal has it. */
  name: string
  limits: CallLimits
  /** A successful request of the same class that runs before, and fetches the token that the operation needs. */
  warmUp: TestRequest
  /** For writes: true if the upstream's data contain the write. */
  isDone?(sandbox: Sandbox): boolean
}

const eventUrl = '/events/7/properties'

const listRecords = ({ control }: Sandbox) => control.liondesk.records('7')

const createGet = (url: string): TestRequest => ({ method: 'GET', url })

const write = {
  system: 'liondesk',
  limits: limits.liondeskWrite,
  warmUp: { method: 'POST', url: '/events/11/properties', body: { city: 'Reno' } },
} as const

export const operations: Operation[] = [
  {
    title: 'Spacio read',
    system: 'spacio',
    name: 'getProperty',
    limits: limits.spacioRead,
    ...createGet('/properties/10101'),
    warmUp: createGet('/properties/10102'),
  },
  {
    title: 'Spacio leads',
    system: 'spacio',
    name: 'getRegistrants',
    limits: limits.spacioLeads,
    ...createGet('/leads?sid=10101'),
    warmUp: createGet('/leads?sid=10101'),
  },
  {
    title: 'Spacio report',
    system: 'spacio',
    name: 'getClaimedList',
    limits: limits.spacioReport,
    ...createGet('/brokerages/b1001/agents'),
    warmUp: createGet('/brokerages/b1001/activity'),
  },
  {
    title: 'LionDesk read',
    system: 'liondesk',
    name: 'get',
    limits: limits.liondeskRead,
    ...createGet(`${eventUrl}/1`),
    warmUp: createGet(eventUrl),
  },
  {
    title: 'LionDesk contacts',
    system: 'liondesk',
    name: 'findContacts',
    limits: limits.liondeskRead,
    ...createGet('/contacts?email=visitor2@example.com'),
    warmUp: createGet('/contacts/1'),
  },
  {
    title: 'LionDesk events',
    system: 'liondesk',
    name: 'findEvents',
    limits: limits.liondeskRead,
    ...createGet('/events?contactId=1'),
    warmUp: createGet('/events/7'),
  },
  {
    ...write,
    title: 'create',
    name: 'create',
    method: 'POST',
    url: eventUrl,
    body: { city: 'Reno' },
    isDone: (sandbox) => listRecords(sandbox).some(({ city }) => city === 'Reno'),
  },
  {
    ...write,
    title: 'patch',
    name: 'patch',
    method: 'PATCH',
    url: `${eventUrl}/1`,
    body: { city: 'Reno' },
    isDone: (sandbox) => listRecords(sandbox).some(({ id, city }) => id === '1' && city === 'Reno'),
  },
  {
    ...write,
    title: 'delete',
    name: 'remove',
    method: 'DELETE',
    url: `${eventUrl}/1`,
    isDone: (sandbox) => listRecords(sandbox).every(({ id }) => id !== '1'),
  },
  {
    title: 'OAuth token',
    system: 'liondesk',
    name: 'token',
    limits: limits.liondeskOAuth,
    ...createGet(eventUrl),
    warmUp: createGet(eventUrl),
  },
]
