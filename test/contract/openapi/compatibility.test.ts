/** A client of the last release works with this version, unless the version number announces a breaking change. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { findBreakingChanges } from '../../../tools/openapi-diff/breaking-changes.ts'
import { writeDocument } from '../../support/clients.ts'
import { runCommand } from '../../support/command.ts'
import { readCommitted } from '../../support/openapi.ts'

const folder = `${import.meta.dirname}/../../../openapi/releases`

const getParts = (version: string): number[] => version.split('.').map(Number)

const byVersion = (one: string, other: string): number => one.localeCompare(other, 'en', { numeric: true })

const releases = readdirSync(folder).sort(byVersion)
const lastRelease = JSON.parse(readFileSync(`${folder}/${releases.at(-1)}`, 'utf8'))

/** Semantic versioning: while the major version is 0, the minor version announces breaking changes. */
const mayBreak = (before: string, after: string): boolean => {
  const [major = 0, minor = 0] = getParts(before)
  const [nextMajor = 0, nextMinor = 0] = getParts(after)
  return nextMajor > major || (major === 0 && nextMajor === 0 && nextMinor > minor)
}

test('the document keeps every promise of the last release, unless the version allows a breaking change', () => {
  const document = readCommitted('foyer')
  if (mayBreak(lastRelease.info.version, document.info.version)) return
  expect(findBreakingChanges(lastRelease, document)).toEqual([])
})

test.each([
  ['0.1.0', '0.1.1', false],
  ['0.1.0', '0.2.0', true],
  ['0.9.0', '1.0.0', true],
  ['1.2.0', '1.10.0', false],
  ['1.2.0', '2.0.0', true],
])('from %s to %s it may break: %s', (before, after, want) => {
  expect(mayBreak(before, after)).toBe(want)
})

test('the version of the document is that of the package', () => {
  const { version } = JSON.parse(readFileSync(`${folder}/../../package.json`, 'utf8'))
  expect(readCommitted('foyer').info.version).toBe(version)
})

/** A small API. */
const document = {
  openapi: '3.1.0',
  info: { title: 'Rooms', version: '1.0.0' },
  paths: {
    '/rooms': {
      get: {
        operationId: 'listRooms',
        security: [{ key: [] }],
        parameters: [
          { name: 'floor', in: 'query', schema: { type: 'string', enum: ['ground', 'first'] } },
          { name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 200 } },
        ],
        responses: {
          200: {
            headers: { Link: { schema: { type: 'string' } } },
            content: {
              'application/json': { schema: { type: 'array', items: { $ref: '#/components/schemas/Room' } } },
            },
          },
          404: { content: { 'application/problem+json': { schema: { type: 'object' } } } },
        },
      },
      post: {
        operationId: 'addRoom',
        requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/NewRoom' } } } },
        responses: { 201: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Room' } } } } },
      },
    },
  },
  components: {
    schemas: {
      Room: {
        type: 'object',
        required: ['id', 'area'],
        additionalProperties: false,
        properties: {
          id: { type: 'string', format: 'uuid' },
          area: { type: 'number' },
          state: { type: 'string', enum: ['open', 'closed'] },
        },
      },
      NewRoom: {
        type: 'object',
        additionalProperties: false,
        properties: { area: { type: 'number', minimum: 0 }, name: { type: ['string', 'null'], maxLength: 100 } },
      },
    },
  },
}

type Change = (document: any) => void

const changed = (change: Change) => {
  const copy = structuredClone(document)
  change(copy)
  return copy
}

const get = (of: any) => of.paths['/rooms'].get
const post = (of: any) => of.paths['/rooms'].post
const capacity = (of: any) => of.components.schemas.Room
const newRoom = (of: any) => of.components.schemas.NewRoom

describe('breaking changes', () => {
  test.for<[string, Change, string]>([
    ['a path that was removed', (of) => delete of.paths['/rooms'], 'GET /rooms: the operation was removed'],
    ['an operation that was removed', (of) => delete of.paths['/rooms'].post, 'POST /rooms: the operation was removed'],
    [
      'an operation with another name',
      (of) => Object.assign(get(of), { operationId: 'rooms' }),
      'operationId changed from listRooms to rooms',
    ],
    ['another kind of key', (of) => Object.assign(get(of), { security: [{ token: [] }] }), 'security differs'],
    ['a parameter that was removed', (of) => get(of).parameters.pop(), 'query parameter limit was removed'],
    [
      'a new parameter that is required',
      (of) => get(of).parameters.push({ name: 'day', in: 'query', required: true }),
      'query parameter day is required',
    ],
    [
      'a parameter that becomes required',
      (of) => Object.assign(get(of).parameters[0], { required: true }),
      'query parameter floor is required',
    ],
    ['fewer values of a parameter', (of) => get(of).parameters[0].schema.enum.pop(), 'first is no longer accepted'],
    ['a lower maximum', (of) => Object.assign(get(of).parameters[1].schema, { maximum: 100 }), 'maximum is 100'],
    ['a new pattern', (of) => Object.assign(get(of).parameters[0].schema, { pattern: '^g' }), 'pattern differs'],
    [
      'a parameter of another type',
      (of) => Object.assign(get(of).parameters[1].schema, { type: 'string' }),
      'type integer is no longer accepted',
    ],
    ['a body that is required', (of) => Object.assign(post(of).requestBody, { required: true }), 'a body is required'],
    [
      'a body of another media type',
      (of) => Object.assign(post(of).requestBody, { content: {} }),
      'the body type application/json is no longer accepted',
    ],
    [
      'a field of a body that is required',
      (of) => Object.assign(newRoom(of), { required: ['name'] }),
      'name is required',
    ],
    [
      'a field of a body that is no longer accepted',
      (of) => delete newRoom(of).properties.name,
      'name is no longer accepted',
    ],
    [
      'null that is no longer accepted',
      (of) => Object.assign(newRoom(of).properties.name, { type: 'string' }),
      'type null is no longer accepted',
    ],
    ['a shorter text', (of) => Object.assign(newRoom(of).properties.name, { maxLength: 50 }), 'maxLength is 50'],
    ['a reply that was removed', (of) => Object.assign(post(of), { responses: { 202: {} } }), '201 was removed'],
    [
      'a reply of another media type',
      (of) => Object.assign(get(of).responses[200], { content: { 'text/csv': {} } }),
      'application/json was removed',
    ],
    ['a header that was removed', (of) => delete get(of).responses[200].headers.Link, 'header Link was removed'],
    ['a field that was removed', (of) => delete capacity(of).properties.state, 'GET /rooms 200[]: state was removed'],
    ['a field that may be missing', (of) => capacity(of).required.pop(), 'area may be missing'],
    [
      'a field that may be null',
      (of) => Object.assign(capacity(of).properties.area, { type: ['number', 'null'] }),
      'may be null',
    ],
    [
      'a field of another type',
      (of) => Object.assign(capacity(of).properties.area, { type: 'string' }),
      '200[] area: may be string',
    ],
    ['a field with more values', (of) => capacity(of).properties.state.enum.push('locked'), 'may be locked'],
    ['a field with any value', (of) => delete capacity(of).properties.state.enum, 'may be any other value'],
    ['a format that was removed', (of) => delete capacity(of).properties.id.format, 'format uuid was removed'],
  ])('%s', ([, change, want]) => {
    const found = findBreakingChanges(document, changed(change)).map(({ at, what }) => `${at}: ${what}`)
    expect(
      found.some((each) => each.includes(want)),
      found.join('\n'),
    ).toBe(true)
  })
})

describe('changes that do not break', () => {
  test.for<[string, Change]>([
    ['nothing at all', () => {}],
    ['words', (of) => Object.assign(get(of), { summary: 'Rooms', description: 'All of them' })],
    ['a new path', (of) => Object.assign(of.paths, { '/halls': { get: { operationId: 'listHalls', responses: {} } } })],
    ['a new parameter', (of) => get(of).parameters.push({ name: 'day', in: 'query' })],
    ['more values of a parameter', (of) => get(of).parameters[0].schema.enum.push('attic')],
    ['a higher maximum', (of) => Object.assign(get(of).parameters[1].schema, { maximum: 500 })],
    ['a wider type of an input', (of) => Object.assign(get(of).parameters[1].schema, { type: 'number' })],
    ['a new field of a body', (of) => Object.assign(newRoom(of).properties, { colour: { type: 'string' } })],
    ['a new field of a reply', (of) => Object.assign(capacity(of).properties, { colour: { type: 'string' } })],
    ['a field that is always there', (of) => capacity(of).required.push('state')],
    ['fewer values of a field', (of) => capacity(of).properties.state.enum.pop()],
    ['a narrower type of an output', (of) => Object.assign(capacity(of).properties.area, { type: 'integer' })],
    ['a new header', (of) => Object.assign(get(of).responses[200].headers, { ETag: {} })],
    ['a problem that occurs no more', (of) => delete get(of).responses[404]],
  ])('%s', ([, change]) => {
    expect(findBreakingChanges(document, changed(change))).toEqual([])
  })
})

test('foyer openapi --since prints breaking changes as text and as JSON, with its exit code', async () => {
  const foyer = readCommitted('foyer')
  expect(await runCommand(['openapi', '--since', writeDocument(foyer)])).toEqual({ code: 0, out: '', err: '' })
  const earlier = structuredClone(foyer)
  earlier.components.schemas.Property.properties.colour = { type: 'string' }
  const path = writeDocument(earlier)
  const text = await runCommand(['openapi', '--since', path])
  expect(text.code).toBe(1)
  expect(text.out).toContain('GET /properties/{sid} 200: colour was removed\n')
  const json = await runCommand(['openapi', '--since', path, '--json'])
  expect(JSON.parse(json.out)).toContainEqual({ at: 'GET /properties/{sid} 200', what: 'colour was removed' })
  expect((await runCommand(['openapi', '--since', '/nowhere'])).code).toBe(2)
})
