/**
 * Conditional writes: PATCH and DELETE with `If-Match` change an event property only if it has not changed since it was
 * read.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { everyScope, writeClients } from '../../support/clients.ts'
import { listRequests, useSandboxAndGateway } from '../../support/liondesk.ts'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

const foyer = useSandboxAndGateway()

const url = '/events/7/properties/1'

const readTag = async (path = url): Promise<string> => String((await foyer().get(path)).headers.etag)

/** Reads the tag and clears the recorded upstream call. */
const readTagFirst = async (path = url): Promise<string> => {
  const tag = await readTag(path)
  foyer().sandbox.control.clearRequests()
  return tag
}

const patch = (ifMatch: string | undefined, body: object = { city: 'Reno' }, path = url) =>
  foyer().send('PATCH', path, body, ifMatch === undefined ? {} : { 'if-match': ifMatch })

const remove = (ifMatch: string | undefined, path = url) =>
  foyer().send('DELETE', path, undefined, ifMatch === undefined ? {} : { 'if-match': ifMatch })

const calls = () => listRequests(foyer()).map(({ method, path }) => `${method} ${path}`)

const cityNow = () => (foyer().sandbox.control.liondesk.records('7') as Record<string, unknown>[])[0]?.city

type Write = 'PATCH' | 'DELETE'

const writes: [Write, typeof remove][] = [
  ['PATCH', (ifMatch, path) => patch(ifMatch, { city: 'Reno' }, path)],
  ['DELETE', remove],
]

const done: Record<Write, number> = { PATCH: 200, DELETE: 204 }

const stale = { status: 412, body: { code: 'precondition-failed', status: 412 } }

describe.each(writes)('%s', (method, write) => {
  test('with the tag of a GET is executed: one upstream read, then the write', async () => {
    const tag = await readTagFirst()

    expect((await write(tag)).status).toBe(done[method])
    expect(calls()).toEqual([`GET ${url}`, `${method} ${url}`])
  })

  test('with a stale tag is 412 without a write: one upstream read', async () => {
    const tag = await readTag()
    await patch(undefined, { city: 'Elko' })
    foyer().sandbox.control.clearRequests()

    expect(await write(tag)).toMatchObject(stale)
    expect(calls()).toEqual([`GET ${url}`])
    expect(cityNow()).toBe('Elko')
  })

  test('without If-Match makes no upstream read', async () => {
    expect((await write(undefined)).status).toBe(done[method])
    expect(calls()).toEqual([`${method} ${url}`])
  })

  test('with * is executed if the property exists, without an upstream read', async () => {
    expect((await write('*')).status).toBe(done[method])
    expect(calls()).toEqual([`${method} ${url}`])
  })

  test.each(['*', '"any"'])('with %s is 404 where the property does not exist', async (ifMatch) => {
    const path = '/events/7/properties/99999'
    expect(await write(ifMatch, path)).toMatchObject({ status: 404, body: { code: 'not-found' } })
    expect(calls()).toEqual([`${ifMatch === '*' ? method : 'GET'} ${path}`])
  })

  test.each<[string, (tag: string) => string]>([
    ['the first', (tag) => `${tag}, "x"`],
    ['the last', (tag) => `"x","y,z" , ${tag}`],
    ['next to a weak one', (tag) => `W/"x", ${tag}`],
    ['between empty elements', (tag) => `,, ${tag} ,`],
  ])('with several tags is executed if one matches: %s', async (_place, listOf) => {
    expect((await write(listOf(await readTag()))).status).toBe(done[method])
  })

  test.each<[string, (tag: string) => string]>([
    ['another tag', () => '"x"'],
    ['an empty tag', () => '""'],
    ['several other tags', () => '"x", "y"'],
    ['a part of the tag', (tag) => `${tag.slice(0, -2)}"`],
    ['the tag within another', (tag) => `"x${tag.slice(1)}`],
    ['the tag as weak', (tag) => `W/${tag}`],
    ['characters beyond ASCII', () => '"\u00e4"'],
  ])('with %s is 412', async (_name, ifMatchOf) => {
    expect(await write(ifMatchOf(await readTagFirst()))).toMatchObject(stale)
    expect(calls()).toEqual([`GET ${url}`])
  })

  test.each([
    '',
    ',',
    'x',
    '"x',
    'x"',
    '"x" "y"',
    '"x"y',
    'w/"x"',
    'W/ "x"',
    'W/x',
    '*, "x"',
    '"x", *',
    '**',
    '"*", *',
    '"a b"',
    "'x'",
  ])('with the malformed If-Match %j is 400 without an upstream read', async (ifMatch) => {
    expect(await write(ifMatch)).toMatchObject({
      status: 400,
      body: {
        code: 'invalid-request',
        errors: [{ path: 'header/if-match', message: expect.stringContaining('entity tag') }],
      },
    })
    expect(calls()).toEqual([])
  })

  test('fails with the problem of a failed read, and its outcome is known', async () => {
    foyer().sandbox.control.liondesk.fault({ operation: 'get', kind: 'html', status: 500 })
    const reply = await write('"x"')
    expect(reply.status).toBe(502)
    expect(reply.body).not.toHaveProperty('outcome')
    expect(calls().every((call) => call === `GET ${url}`)).toBe(true)
  })
})

test('a quoted star is a tag, not the wildcard', async () => {
  expect(await patch('"*"')).toMatchObject(stale)
})

test('a PATCH returns the tag of the next GET, which the next write accepts', async () => {
  const before = await readTag()
  const first = await patch(before)
  expect(first.headers.etag).toMatch(/^"[\w-]{27}"$/)
  expect(first.headers.etag).not.toBe(before)
  expect(first.headers.etag).toBe(await readTag())

  const second = await patch(String(first.headers.etag), { city: 'Elko' })
  expect(second).toMatchObject({ status: 200, body: { city: 'Elko' } })
  expect(await patch(String(first.headers.etag))).toMatchObject(stale)
  expect((await remove(String(second.headers.etag))).status).toBe(204)
})

test('a PATCH without If-Match returns the new tag too', async () => {
  expect((await patch(undefined)).headers.etag).toBe(await readTag())
})

test('an empty PATCH checks the tag too, with one upstream read', async () => {
  const tag = await readTagFirst()
  expect(await patch(tag, {})).toMatchObject({ status: 200, headers: { etag: tag } })
  expect(calls()).toEqual([`GET ${url}`])
  expect(await patch('"x"', {})).toMatchObject(stale)
  expect(calls()).toEqual([`GET ${url}`, `GET ${url}`])
  expect((await patch('*', {})).status).toBe(200)
})

test('the tag ignores the source record, whatever the write includes', async () => {
  const reply = await patch(await readTag(), { city: 'Reno' }, `${url}?include=source`)
  expect(reply).toMatchObject({ status: 200, body: { source: { system: 'liondesk' } } })
  expect(reply.headers.etag).toBe(await readTag())
  expect(await patch(String((await foyer().get(`${url}?include=source`)).headers.etag))).toMatchObject({
    ...stale,
    body: { detail: expect.stringContaining('include=source') },
  })
})

test('the tag of another property does not match', async () => {
  expect(await patch(await readTag('/events/7/properties/2'))).toMatchObject(stale)
})

test('the rejection of weak tags says only that they never match', async () => {
  const tag = await readTag()
  expect((await patch(`W/${tag}, W/"x"`)).body.detail).toContain('weak')
  expect((await patch(`W/${tag}, "x"`)).body.detail).not.toContain('weak')
})

test('the body is validated before the precondition', async () => {
  expect((await patch('"x"', { latitude: 91 })).status).toBe(422)
  expect((await patch('"x"', { photoUrls: [`https://p.example.com/${'x'.repeat(255)}`] })).status).toBe(422)
  expect((await patch('"x"', { ctiy: 'Reno' })).status).toBe(400)
  expect(calls()).toEqual([])
})

describe('access is checked before the precondition', () => {
  const clients = writeClients({
    reader: { scopes: ['events:read'] },
    writer: { scopes: everyScope },
  })
  let guarded: SandboxGateway
  beforeAll(async () => {
    guarded = await openSandboxAndGateway({
      sandbox: { leads: 10 },
      env: { FOYER_AUTH: 'required', FOYER_CLIENTS_FILE: clients.path },
    })
  })
  beforeEach(() => guarded.sandbox.control.reset())
  afterAll(() => guarded.close())

  test.each<[string, Record<string, string>, string, number]>([
    ['no key', {}, url, 401],
    ['a key without the scope', clients.headers('reader'), url, 403],
    ['a connection of another client', clients.headers('writer'), `${url}?connection=c0`, 403],
  ])('%s', async (_who, headers, path, status) => {
    for (const ifMatch of ['"x"', '*']) {
      const sent = { ...headers, 'if-match': ifMatch }
      expect((await guarded.send('PATCH', path, { city: 'Reno' }, sent)).status).toBe(status)
      expect((await guarded.send('DELETE', path, undefined, sent)).status).toBe(status)
    }
    expect(listRequests(guarded)).toEqual([])
  })
})
