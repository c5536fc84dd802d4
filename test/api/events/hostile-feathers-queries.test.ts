/** For any query, only documented operators on known fields reach the upstream. */
import fc from 'fast-check'
import qs from 'qs'
import { expect, test } from 'vitest'
import { eventPropertyMapping } from '#src/upstreams/liondesk/mapping.ts'
import { listQueryPairs, listRequests, useSandboxAndGateway } from '../../support/liondesk.ts'
import { createRunOptions } from '../../support/properties.ts'

const foyer = useSandboxAndGateway()

const names = fc.constantFrom(
  'city',
  'listingId',
  'bedroomsTotal',
  'limit',
  'offset',
  'sort',
  'include',
  'mls',
  '$where',
  '$or',
  '$limit',
  '$select',
  '__proto__',
  'constructor',
  'id',
  '',
)
const operators = fc.constantFrom('ne', 'in', 'nin', '$ne', '$in', '$regex', '$gt', '__proto__', 'constructor', '0', '')
const scalars = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom('1', '-listPrice', 'source', '$ne', 'a,b', '[object Object]', 'null', '1e5', 'one'),
)
const values = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    scalars,
    fc.array(scalars, { maxLength: 3 }),
    fc.dictionary(operators, tie('value'), { maxKeys: 3 }),
  ),
})).value
const nested = fc
  .tuple(
    fc.array(fc.tuple(names, values), { maxLength: 4 }),
    fc.constantFrom('brackets' as const, 'indices' as const, 'repeat' as const),
    fc.boolean(),
  )
  .map(([pairs, arrayFormat, allowDots]) =>
    pairs.map(([name, value]) => qs.stringify({ [name]: value }, { arrayFormat, allowDots })).join('&'),
  )

/** Valid filters, so that the property does not only test rejections. */
const sensible = fc
  .array(
    fc.tuple(
      fc.constantFrom('city', 'city[ne]', 'city[in]', 'postalCode[nin]', 'mlsStatus'),
      fc.string({ minLength: 1, maxLength: 30 }),
    ),
    { maxLength: 3 },
  )
  .map((pairs) => pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&'))

const wireNames = eventPropertyMapping.fields.map(({ from }) => from).join('|')
const allowed = new RegExp(`^(\\$limit|\\$skip|\\$sort\\[(${wireNames})\\]|(${wireNames})(\\[\\$in\\]\\[\\])?)$`)

test('random queries are 200 or 400, and send no undocumented operator upstream', { timeout: 60_000 }, async () => {
  const answered = { 200: 0, 400: 0 } as Record<number, number>
  const property = fc.asyncProperty(fc.oneof(nested, sensible), async (query) => {
    foyer().sandbox.control.clearRequests()
    const { status } = await foyer().get(`/events/9/properties?${query}`)
    answered[status] = (answered[status] ?? 0) + 1
    expect([200, 400]).toContain(status)
    const requests = listRequests(foyer())
    // A negative filter needs one additional request.
    expect(requests.length > 0).toBe(status === 200)
    for (const request of requests) {
      expect(request).toMatchObject({ method: 'GET', path: '/events/9/properties' })
      for (const [name] of listQueryPairs(request)) expect(name).toMatch(allowed)
    }
  })
  const size = createRunOptions(2_000)
  await fc.assert(property, size)
  expect(answered[200]).toBeGreaterThan(size.numRuns / 10)
  expect(answered[400]).toBeGreaterThan(size.numRuns / 10)
})
