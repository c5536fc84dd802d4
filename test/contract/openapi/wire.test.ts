/** The replies of the sandbox must match the OpenAPI documents of the upstreams. */

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { DriftSink } from '#src/mapping/codec.ts'
import { readElements } from '#src/mapping/nested-codecs.ts'
import {
  contactMapping,
  eventMapping,
  eventPropertyMapping,
  liondeskMappings,
} from '#src/upstreams/liondesk/mapping.ts'
import { parseRecords } from '#src/upstreams/spacio/envelope.ts'
import { errorCodes } from '#src/upstreams/spacio/errors.ts'
import { spacioMappings } from '#src/upstreams/spacio/mappings/index.ts'
import { type OperationName, operations, type SpacioOperation } from '#src/upstreams/spacio/operations.ts'
import { parseBody } from '#src/upstreams/spacio/parse-body.ts'
import { type Sandbox, type SpacioSettings, startSandbox } from '../../../sandbox/index.ts'
import { operationTexts } from '../../../scripts/openapi/spacio-operations.ts'
import type { AnyMapping } from '../../../scripts/openapi/wire-schema.ts'
import { FormData, request } from '../../support/http.ts'
import { type DocumentName, findViolation, listOperations, readCommitted, toPointer } from '../../support/openapi.ts'

let sandbox: Sandbox

beforeAll(async () => {
  sandbox = await startSandbox({ leads: 500 })
})
beforeEach(() => sandbox.control.reset())
afterAll(() => sandbox.close())

const getSuccess = (path: string, method: string, status = 200): string =>
  toPointer('paths', path, method, 'responses', status, 'content', 'application/json', 'schema')

/** Fields that a mapping does not know or cannot read, without their values. */
const getDrift = (mapping: AnyMapping, record: unknown): string[] => {
  const drift: string[] = []
  const note: DriftSink = (resource, field, kind) => drift.push(`${resource} ${field} ${kind}`)
  const whole = [...spacioMappings, ...liondeskMappings].find(({ name }) => name === mapping.name)
  whole?.decode(record, note)
  return drift
}

const getPath = ({ version, method }: SpacioOperation): string => `/api/${version}/${method}`

const callSpacio = async (name: OperationName, form: Record<string, string>) => {
  const body = new FormData()
  for (const [field, value] of Object.entries(form)) body.append(field, value)
  const url = `${sandbox.spacio.url}${getPath(operations[name])}`
  const reply = await request(url, { method: 'POST', headers: { apikey: sandbox.spacio.apiKey }, body })
  const read = parseBody(Buffer.from(await reply.body.arrayBuffer()))
  if (read.kind !== 'json') throw new Error(`${name} sent a body that is ${read.kind}`)
  return { status: reply.statusCode, value: read.value }
}

/** Requests all data: the property with leads, and all days. */
const formsFor = async (): Promise<Record<OperationName, Record<string, string>>> => {
  const { world } = sandbox
  const lead = world.leads[0]
  const agent = world.agents.find(({ email }) => email === lead?.agentEmail)
  if (!lead || !agent) throw new Error('the sandbox has no leads')
  const { email, ukey, tid, bid } = agent
  const sid = String(lead.sid)
  const { value } = await callSpacio('getAccessToken', { email })
  const days = { startDate: '2000-01-01', endDate: '2100-01-01' }
  return {
    getProperties: { ukey },
    getProperty: { sid },
    getOHSessions: { sid, page: '1' },
    getRegistrants: { sid, atoken: (value as { accessToken: string }).accessToken },
    getAccessToken: { email },
    getAccessTokenBM: { email: world.managers.find((manager) => manager.bid === bid)?.email ?? '' },
    getRegistrantsByBrokerageV2: { bid, ...days, page: '1' },
    getRegistrantsByBrokerage: { bid, ...days },
    getClaimedList: { bid },
    getActivityList: { bid, ...days },
    getOHSessionCounts: { bid, ...days },
    getRegistrantsByTeam: { tid, ...days, page: '1' },
  }
}

const names = Object.keys(operations) as OperationName[]

describe('spacio.json', () => {
  const paths = listOperations(readCommitted('spacio')).map(({ path, operationId }) => [operationId, path])

  test('has one path an operation', () => {
    expect(paths).toEqual(names.map((name) => [name, getPath(operations[name])]))
  })

  describe.each([
    ['as the vendor shows it', {}],
    ['in arrays and strict JSON', { keyedAs: 'array', strictJson: true }],
  ] satisfies [string, Partial<SpacioSettings>][])('%s', (_, settings) => {
    test.each(names)('%s', async (name) => {
      sandbox.control.spacio.set(settings)
      const form = (await formsFor())[name]
      expect(Object.keys(form)).toEqual(operations[name].form)
      const { status, value } = await callSpacio(name, form)
      expect(status).toBe(200)
      expect(findViolation('spacio', `${getSuccess(getPath(operations[name]), 'post')}/anyOf/0`, value)).toBeNull()
      const records = parseRecords(value, operations[name].shape)?.records ?? []
      expect(records.length).toBeGreaterThan(0)
      const { mapping } = operationTexts[name]
      expect(mapping ? records.flatMap((record) => getDrift(mapping, record)) : []).toEqual([])
    })
  })

  test.each(['[]', '{}'] as const)('an empty list that comes as %s', async (emptyKeyed) => {
    sandbox.control.spacio.set({ emptyKeyed })
    const { bid } = (await formsFor()).getActivityList
    const { value } = await callSpacio('getActivityList', {
      bid: bid as string,
      startDate: '2000-01-01',
      endDate: '2000-01-02',
    })
    expect(readElements(value)).toEqual([])
    expect(findViolation('spacio', `${getSuccess('/api/v1/getActivityList', 'post')}/anyOf/0`, value)).toBeNull()
  })

  const layouts: SpacioSettings['errorLayout'][] = ['string', 'object', 'code', 'status', 'errorCode', 'bare']

  test.each(layouts)('every error, laid out as %s', async (errorLayout) => {
    sandbox.control.spacio.set({ errorLayout })
    for (const code of Object.keys(errorCodes)) {
      sandbox.control.spacio.fault({ operation: 'getProperty', kind: 'error', code, times: 1 })
      const { value } = await callSpacio('getProperty', { sid: '1' })
      expect(JSON.stringify(value)).toContain(code)
      expect(findViolation('spacio', '/components/schemas/Error', value)).toBeNull()
      expect(findViolation('spacio', '/components/schemas/Property', value)).not.toBeNull()
    }
  })

  test('a record that is not an error is not treated as one', async () => {
    const forms = await formsFor()
    for (const name of names) {
      const { value } = await callSpacio(name, forms[name])
      expect(findViolation('spacio', '/components/schemas/Error', value), name).not.toBeNull()
    }
  })
})

describe('liondesk.json', () => {
  const document: DocumentName = 'liondesk'
  const collection = '/events/{api_event_id}/properties'
  const single = `${collection}/{id}`

  const call = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object) => {
    const reply = await request(`${sandbox.liondesk.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${sandbox.liondesk.accessToken}`,
        accept: 'application/json',
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    })
    return { status: reply.statusCode, value: (await reply.body.json()) as any }
  }

  const input = readCommitted(document).components.schemas.EventPropertyInput

  const known = () => sandbox.control.liondesk.records('7')[0] as { id: string }

  test('find', async () => {
    const { status, value } = await call('GET', '/events/7/properties?$limit=2&$sort[created_at]=-1&state[$ne]=ZZ')
    expect({ status, rows: value.data.length }).toEqual({ status: 200, rows: 2 })
    expect(findViolation(document, getSuccess(collection, 'get'), value)).toBeNull()
    expect(value.data.flatMap((record: unknown) => getDrift(eventPropertyMapping, record))).toEqual([])
  })

  test.each([
    ['get', 'GET', undefined],
    ['patch', 'PATCH', input.examples[0]],
    ['remove', 'DELETE', undefined],
  ] as const)('%s', async (_, method, body) => {
    const { status, value } = await call(method, `/events/7/properties/${known().id}`, body)
    expect(status).toBe(200)
    expect(findViolation(document, getSuccess(single, method.toLowerCase()), value)).toBeNull()
    expect(getDrift(eventPropertyMapping, value)).toEqual([])
  })

  test.each([
    ['/events', '/events?contact_id=1&type=property_viewed&$sort[created_at]=-1', eventMapping],
    ['/events/{id}', '/events/7', eventMapping],
    ['/contacts', '/contacts?email=visitor2@example.com', contactMapping],
    ['/contacts', '/contacts?mobile_phone=517-555-0104', contactMapping],
    ['/contacts/{id}', '/contacts/1', contactMapping],
  ] as const)('%s: %s', async (template, path, mapping) => {
    const { status, value } = await call('GET', path)
    expect(status).toBe(200)
    expect(findViolation(document, getSuccess(template, 'get'), value)).toBeNull()
    const records: unknown[] = value.data ?? [value]
    expect(records).toHaveLength(1)
    expect(records.flatMap((record) => getDrift(mapping, record))).toEqual([])
  })

  test('create: takes every field that can be written, and gives it back', async () => {
    const { status, value } = await call('POST', '/events/7/properties', input.examples[0])
    expect(status).toBe(201)
    expect(findViolation(document, getSuccess(collection, 'post', 201), value)).toBeNull()
    expect(getDrift(eventPropertyMapping, value)).toEqual([])
    expect(value).toMatchObject(input.examples[0])
    expect(Object.keys(input.examples[0]).sort()).toEqual(Object.keys(input.properties).sort())
  })

  test('the documented limits are in the input schema', () => {
    const limits = Object.fromEntries(
      Object.entries<any>(input.properties).flatMap(([field, { maxLength }]) =>
        maxLength ? [[field, maxLength]] : [],
      ),
    )
    const addressParts = { url: 200, address: 200, city: 200, state: 200, zip: 200 }
    expect(limits).toEqual({ ...addressParts, type: 45, square_feet: 45, listing_status: 45, images: 255 })
  })

  test.each([
    ['/events/7/properties/999999', 404],
    ['/events/99999/properties', 404],
    ['/events/7/properties?nonsense=1', 400],
  ])('an error: %s', async (path, code) => {
    const { status, value } = await call('GET', path)
    expect(status).toBe(code)
    expect(findViolation(document, '/components/schemas/Error', value)).toBeNull()
  })

  test('tokens and their owners', async () => {
    const { clientId: client_id, clientSecret: client_secret, refreshToken: refresh_token } = sandbox.liondesk
    const requests = { grant_type: 'refresh_token', client_id, client_secret, refresh_token }
    expect(findViolation(document, '/components/schemas/TokenRequest', requests)).toBeNull()
    const { value: token } = await call('POST', '/oauth2/token', requests)
    expect(findViolation(document, getSuccess('/oauth2/token', 'post'), token)).toBeNull()
    const { value: refusal } = await call('POST', '/oauth2/token', { ...requests, client_secret: 'wrong' })
    expect(findViolation(document, '/components/schemas/OAuthError', refusal)).toBeNull()
    const { status, value: user } = await call('GET', '/me')
    expect(status).toBe(200)
    expect(findViolation(document, getSuccess('/me', 'get'), user)).toBeNull()
  })
})
