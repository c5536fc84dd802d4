import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { listRequests, useSandboxAndGateway } from '../../support/liondesk.ts'

const foyer = useSandboxAndGateway()

const json = { 'content-type': 'application/json' }

const post = (body: string | Buffer | undefined, headers: Record<string, string> = json) =>
  foyer().send('POST', '/events/7/properties', body, headers)

const text = (length: number) => `{"city":"${'x'.repeat(length - 11)}"}`

test.for<[string, { given: [string | Buffer | undefined, Record<string, string>?]; want: object }]>([
  ['bad JSON', { given: ['{"city":'], want: { status: 400, body: { code: 'invalid-request' } } }],
  ['a comma too many', { given: ['{"city":"x",}'], want: { status: 400 } }],
  ['two values', { given: ['{} {}'], want: { status: 400 } }],
  ['nothing, as JSON', { given: [''], want: { status: 400 } }],
  [
    'nothing at all',
    { given: [undefined, {}], want: { status: 400, body: { code: 'invalid-request', errors: [{ path: 'body' }] } } },
  ],
  ['a forbidden key', { given: ['{"__proto__": {"city": "x"}}'], want: { status: 400 } }],
  ['a forbidden key further in', { given: ['{"constructor": {"prototype": {}}}'], want: { status: 400 } }],
  [
    'text',
    {
      given: ['{}', { 'content-type': 'text/plain' }],
      want: { status: 415, body: { code: 'unsupported-media-type' } },
    },
  ],
  ['XML', { given: ['<x/>', { 'content-type': 'application/xml' }], want: { status: 415 } }],
  ['a form', { given: ['city=x', { 'content-type': 'application/x-www-form-urlencoded' }], want: { status: 415 } }],
  [
    'a multipart form',
    { given: ['--x--', { 'content-type': 'multipart/form-data; boundary=x' }], want: { status: 415 } },
  ],
  ['something like JSON', { given: ['{}', { 'content-type': 'application/jsonp' }], want: { status: 415 } }],
  ['no media type', { given: ['{}', { 'content-type': '' }], want: { status: 415 } }],
  [
    'gzip',
    {
      given: [gzipSync('{"city":"x"}'), { ...json, 'content-encoding': 'gzip' }],
      want: { status: 415, body: { code: 'unsupported-media-type' } },
    },
  ],
  [
    'Latin-1',
    { given: [Buffer.from('{"city":"Montréal"}', 'latin1')], want: { status: 400, body: { code: 'invalid-request' } } },
  ],
  ['UTF-16', { given: [Buffer.from('{"city":"x"}', 'utf16le')], want: { status: 400 } }],
  ['16 KiB and a byte', { given: [text(16 * 1024 + 1)], want: { status: 413, body: { code: 'body-too-large' } } }],
  ['17 KiB', { given: [text(17 * 1024)], want: { status: 413, body: { code: 'body-too-large' } } }],
  ['deep JSON', { given: [`{"city":${'['.repeat(5000)}${']'.repeat(5000)}}`], want: { status: 400 } }],
])('%s is rejected without an upstream call', async ([, { given, want }]) => {
  const reply = await post(...given)
  expect(reply).toMatchObject(want)
  expect(reply.text).not.toMatch(/Montr|SyntaxError|Unexpected token|position \d/)
  expect(listRequests(foyer())).toEqual([])
})

test('the same rules apply to a merge patch', async () => {
  const merge = { 'content-type': 'application/merge-patch+json' }
  const patch = (body: string | Buffer) => foyer().send('PATCH', '/events/7/properties/1', body, merge)
  expect((await patch('{"city":')).status).toBe(400)
  expect((await patch('')).status).toBe(400)
  expect((await patch('{"__proto__":{}}')).status).toBe(400)
  expect((await patch(Buffer.from('{"city":"é"}', 'latin1'))).status).toBe(400)
  expect((await patch(text(17 * 1024))).status).toBe(413)
  expect(listRequests(foyer())).toEqual([])
})

test('a rejection names the limit and the accepted media types', async () => {
  expect((await post(text(17 * 1024))).body.detail).toBe('The request body is larger than 16 KiB.')
  const types =
    'Send the body as application/json. A PATCH request can also have the media type application/merge-patch+json.'
  expect((await post('{}', { 'content-type': 'text/plain' })).body.detail).toBe(types)
  expect((await post('{}', { 'content-type': '' })).body.detail).toBe(types)
})

test('accepts a body of 16 KiB', async () => {
  expect(await post(text(16 * 1024))).toMatchObject({ status: 422, body: { errors: [{ path: 'body/city' }] } })
})

test('accepts UTF-8, also with a byte order mark', async () => {
  expect((await post(Buffer.from('{"city":"Montréal 🏡"}'))).body.city).toBe('Montréal 🏡')
  expect((await post(Buffer.from('\ufeff{"city":"Montréal"}'))).body.city).toBe('Montréal')
})

test('accepts the encoding identity', async () => {
  expect((await post('{"city": "Reno"}', { ...json, 'content-encoding': 'identity' })).status).toBe(201)
})

test('a rejected body does not change a prototype', async () => {
  await post('{"__proto__": {"polluted": true}}')
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
})

const bodyless = [
  ['DELETE', '/events/7/properties/1', 204],
  ['POST', '/agents/agent1@example.com/access-token', 200],
  ['POST', '/managers/manager1@example.com/access-token', 200],
] as const

test.for(bodyless)('%s %s needs no body, whatever its Content-Type is', async ([method, url, want]) => {
  expect((await foyer().send(method, url, undefined, json)).status).toBe(want)
})

test.for(bodyless)('%s %s rejects an unreadable body', async ([method, url]) => {
  expect(await foyer().send(method, url, 'x', { 'content-type': 'text/plain' })).toMatchObject({ status: 415 })
  expect(await foyer().send(method, url, text(17 * 1024), json)).toMatchObject({ status: 413 })
  expect(await foyer().send(method, url, '{', json)).toMatchObject({ status: 400 })
  expect(await foyer().send(method, url, '{"__proto__":{}}', json)).toMatchObject({ status: 400 })
  expect(listRequests(foyer())).toEqual([])
})
