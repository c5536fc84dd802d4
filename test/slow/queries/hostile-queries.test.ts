/**
 * Only documented parameters, each at most once, are accepted. For any other query, the response is 400 without an
 * upstream call.
 */
import fc from 'fast-check'
import qs from 'qs'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { eventPropertyQuery } from '#schemas/event-property-query.ts'
import { leadQuery } from '#schemas/lead-query.ts'
import { createRunOptions } from '../../support/properties.ts'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

let foyer: SandboxGateway

beforeAll(async () => {
  foyer = await openSandboxAndGateway({ sandbox: { leads: 200 }, logger: false })
})

beforeEach(() => foyer.sandbox.control.clearRequests())

afterAll(() => foyer.close())

const lists = [
  { name: 'event properties', path: '/events/7/properties?', schema: eventPropertyQuery },
  { name: 'leads', path: '/leads?brokerageId=b1001&', schema: leadQuery },
]

const expectRefusal = async (url: string) => {
  const { status, body } = await foyer.get(url)
  expect([url, status, body.code]).toEqual([url, 400, 'invalid-request'])
}

const expectSilence = () => {
  expect(foyer.sandbox.control.spacio.requests()).toEqual([])
  expect(foyer.sandbox.control.liondesk.requests()).toEqual([])
  expect(Object.keys(Object.prototype)).toEqual([])
}

const table = [
  '__proto__=1',
  '__proto__[limit]=1',
  '__proto__[city]=x&limit=1',
  'constructor=1',
  'constructor[prototype][limit]=1',
  'prototype=1',
  'hasOwnProperty=1',
  'toString=1',
  '$where=1',
  '$where[]=sleep(5000)',
  '$or[0][city]=x',
  '$limit=1000',
  '$select[]=id',
  '$populate=x',
  'city[$regex]=.*',
  'city[$ne]=x',
  'city[%24ne]=x',
  'city[ne][]=x',
  'city[in][$gt]=x',
  'city[in][0]=x',
  'city[]=x',
  'city[0]=x',
  'city.ne=x',
  'city[__proto__]=x',
  'city[constructor][name]=x',
  'agentEmail[$regex]=.*',
  'agentEmail[]=x',
  'hasAgent[$ne]=true',
  'limit=1&limit=2',
  'limit[]=1',
  'limit[$gt]=1',
  'offset=0&offset=0',
  'sort=city&sort=-city',
  'sort[createdAt]=-1',
  'sort[$gt]=1',
  'include=source&include=source',
  'include[]=source',
  'city=x&city[__proto__]=x',
  '%5f%5fproto%5f%5f=1',
  '=1',
  '%00=1',
  'limit%00=1',
  'limit%20=1',
  'LIMIT=1',
  '[]=1',
  '[limit]=1',
  ']limit[=1',
]

test.for(lists)('a table of them on the list of $name', async ({ path }) => {
  for (const query of table) await expectRefusal(path + query)
  expectSilence()
})

const names = fc.constantFrom(
  ...['city', 'agentEmail', 'limit', 'offset', 'sort', 'include', 'hasAgent', 'from', 'bedroomsTotal', ''],
  ...['__proto__', 'constructor', 'prototype', '$where', '$or', '$and', '$limit', '$skip', '$select', '$sort', 'mls'],
)
const keys = fc.constantFrom(
  ...['$ne', '$in', '$nin', '$regex', '$gt', '$lt', '$where', '$exists', '$elemMatch', 'ne', 'in', 'nin'],
  ...['__proto__', 'constructor', 'prototype', '0', '1', '', 'a.b', '$'],
)
const scalars = fc.oneof(fc.string({ maxLength: 10 }), fc.constantFrom('1', 'source', '$ne', '[object Object]', '.*'))
const values = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    scalars,
    fc.array(tie('value'), { minLength: 1, maxLength: 3 }),
    fc.dictionary(keys, tie('value'), { minKeys: 1, maxKeys: 3 }),
  ),
})).value

const queries = fc
  .tuple(
    fc.array(fc.tuple(names, values), { minLength: 1, maxLength: 4 }),
    fc.constantFrom('brackets' as const, 'indices' as const, 'repeat' as const, 'comma' as const),
    fc.boolean(),
    fc.boolean(),
  )
  .map(([pairs, arrayFormat, allowDots, encodeValuesOnly]) => {
    const options: qs.IStringifyOptions = { arrayFormat, allowDots, encodeValuesOnly }
    return pairs.map(([name, value]) => qs.stringify(Object.fromEntries([[name, value]]), options)).join('&')
  })

/** Whether all parameters are documented and unique. Another test covers such queries. */
const isPlain = (query: string, known: readonly string[]): boolean => {
  const found = [...new URLSearchParams(query).keys()]
  return found.every((name) => known.includes(name)) && new Set(found).size === found.length
}

test.for(lists)('5,000 random ones on the list of $name', { timeout: 240_000 }, async ({ path, schema }) => {
  const known = Object.keys(schema.properties)
  const property = fc.asyncProperty(queries, async (query) => {
    fc.pre(!isPlain(query, known))
    await expectRefusal(`${path}${query.replaceAll('#', '%23')}`)
  })
  await fc.assert(property, createRunOptions(5000))
  expectSilence()
})
