/** The examples of the catalogue equal real responses. The test produces every problem that can be produced quickly. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createExampleDocument, type ProblemCode, problemCodes } from '#src/problems.ts'
import type { FaultInput } from '../../../sandbox/index.ts'
import { everyGrant, everyScope, writeClients } from '../../support/clients.ts'
import {
  openGateway,
  openSandboxAndGateway,
  type SandboxGateway,
  type TestGateway,
} from '../../support/test-gateway.ts'

const clients = writeClients({
  all: { scopes: everyScope, grants: everyGrant },
  narrow: { scopes: ['leads:read'], grants: { brokerages: ['b1002'] } },
})

let foyer: SandboxGateway
let unconnected: TestGateway

beforeAll(async () => {
  const env = { FOYER_AUTH: 'required', FOYER_CLIENTS_FILE: clients.path }
  foyer = await openSandboxAndGateway({ sandbox: { leads: 500 }, env, bypassesCache: true })
  unconnected = await openGateway({ ...env, SPACIO_API_KEY: 'k' })
})

afterAll(async () => {
  await unconnected.close()
  await foyer.close()
})

beforeEach(() => foyer.sandbox.control.reset())

const all = clients.headers('all')
const get = (url: string, headers = all) => foyer.get(url, headers)

const failing = (fault: Omit<FaultInput, 'operation'>) => {
  foyer.sandbox.control.spacio.fault({ operation: 'getProperty', ...fault })
  return get('/properties/10101')
}

const create = (body: unknown, headers: Record<string, string> = {}) =>
  foyer.send('POST', '/events/9/properties', body, { ...all, 'content-type': 'application/json', ...headers })

const createTwice = async () => {
  await create({ city: 'Ames' }, { 'idempotency-key': 'k1' })
  return create({ city: 'Nome' }, { 'idempotency-key': 'k1' })
}

const causes: Partial<Record<ProblemCode, () => ReturnType<TestGateway['get']>>> = {
  'invalid-request': () => get('/leads?brokerageId=b1001&ctiy=x'),
  'method-not-allowed': () => foyer.send('PUT', '/properties/10101', undefined, all),
  'not-acceptable': () => get('/properties/10101', { ...all, accept: 'application/xml' }),
  'body-too-large': () => create({ city: 'x'.repeat(17_000) }),
  'unsupported-media-type': () => create('city=Ames', { 'content-type': 'application/x-www-form-urlencoded' }),
  unprocessable: () => create({ latitude: 91 }),
  'idempotency-mismatch': createTwice,
  'precondition-failed': () =>
    foyer.send('DELETE', '/events/7/properties/1', undefined, { ...all, 'if-match': '"stale"' }),
  unauthenticated: () => get('/leads?brokerageId=b1001', {}),
  forbidden: () => get('/leads?brokerageId=b1001', clients.headers('narrow')),
  'not-found': () => get('/nothing'),
  'unknown-property': () => get('/properties/999999'),
  'unknown-brokerage': () => get('/brokerages/b9/agents'),
  'unknown-team': () => get('/leads?teamId=t9'),
  'unknown-agent': () => get('/agents/nobody@example.com/properties'),
  'reauthorization-required': () => unconnected.get('/events/9/properties', all),
  'upstream-access-denied': () => failing({ kind: 'error', code: 'access-denied' }),
  'upstream-credentials': () => failing({ kind: 'unauthorized' }),
  'upstream-invalid-response': () => failing({ kind: 'html' }),
  'upstream-failed': () => failing({ kind: 'status', status: 500 }),
  'upstream-rate-limited': () => failing({ kind: 'rate-reached' }),
}

/** These need much time or data. Other tests produce them. */
const elsewhere: ProblemCode[] = [
  'http-version-too-old',
  'conflict',
  'unknown-lead',
  'cursor-expired',
  'window-too-large',
  'rate-limited',
  'internal',
  'upstream-unavailable',
  'overloaded',
  'upstream-timeout',
]

test('every code has a test here or is listed as tested elsewhere', () => {
  expect([...Object.keys(causes), ...elsewhere].sort()).toEqual([...problemCodes].sort())
})

test.for(Object.entries(causes))('%s', async ([code, cause]) => {
  const { body } = await cause()
  const { requestId } = body
  const example = createExampleDocument(code as ProblemCode)
  expect(body).toEqual({
    ...example,
    requestId,
    instance: `urn:foyer:request:${requestId}`,
    ...(example.retryAfter !== undefined && { retryAfter: expect.any(Number) }),
  })
})
