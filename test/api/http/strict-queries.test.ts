/** A mistyped parameter must never widen a list: every documented GET rejects unknown parameters and names them. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { documentedPaths } from '../../support/raw-requests.ts'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

let foyer: SandboxGateway

beforeAll(async () => {
  foyer = await openSandboxAndGateway({ sandbox: { leads: 200 } })
})

afterAll(() => foyer.close())

const gets = documentedPaths.filter(({ methods }) => methods.includes('GET'))

const names = [
  'ctiy',
  'Limit',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  '$where',
  'limit[]',
  'city[$ne]',
  'a.b',
  '',
]

test('the OpenAPI document has routes to test', () => {
  expect(gets.length).toBeGreaterThan(12)
})

test.for(gets)('GET $template', async ({ url }) => {
  foyer.sandbox.control.clearRequests()
  for (const name of names) {
    const reply = await foyer.get(`${url}?${encodeURIComponent(name)}=1`)
    expect([name, reply.status, reply.body.code]).toEqual([name, 400, 'invalid-request'])
    expect(reply.body.errors).toContainEqual({
      path: `query/${name}`,
      message: 'is not a parameter of this operation',
    })
  }
  expect(foyer.sandbox.control.spacio.requests()).toEqual([])
  expect(foyer.sandbox.control.liondesk.requests()).toEqual([])
})

test.for(documentedPaths.filter(({ methods }) => methods.some((method) => method !== 'GET')))(
  'the other methods of $template',
  async ({ url, methods }) => {
    for (const method of methods.filter((each) => each !== 'GET')) {
      const body = method === 'DELETE' || url.includes('token') ? undefined : {}
      const reply = await foyer.send(method, `${url}?ctiy=1`, body)
      expect([method, reply.status]).toEqual([method, 400])
      expect(reply.body.errors).toMatchObject([{ path: 'query/ctiy' }])
    }
  },
)

test.for([
  ['0', 'zero'],
  ['-1', 'negative'],
  ['010101', 'padded with a zero'],
  ['%2010101', 'padded with a space'],
  ['0x2775', 'hexadecimal'],
  ['1.01e4', 'an exponent'],
  ['10101.0', 'a fraction'],
  ['99999999999', 'eleven digits'],
  ['Infinity', 'endless'],
  ['%D9%A1', 'other digits'],
  ['constructor', 'a word'],
])('a sid of %s (%s) is 400 or 404 without an upstream call', async ([sid]) => {
  foyer.sandbox.control.clearRequests()
  const reply = await foyer.get(`/properties/${sid}`)
  expect(reply).toMatchObject({ status: 400, body: { errors: [{ path: 'path/sid' }] } })
  expect(foyer.sandbox.control.spacio.requests()).toEqual([])
})
