/** A rejected parameter: its name, the expected form with an example, and the kind of the received value. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSandboxAndGateway, type SandboxGateway } from '../../support/test-gateway.ts'

let foyer: SandboxGateway

beforeAll(async () => {
  foyer = await openSandboxAndGateway({ sandbox: { leads: 10 } })
})

afterAll(() => foyer.close())

const leads = '/leads?brokerageId=b1001&'
const events = '/events/7/properties?'

const day = 'must be a calendar day, YYYY-MM-DD, such as 2026-11-30;'
const addresses = 'must hold e-mail addresses only, such as agent1@example.com'
const plus = '; in a URL, write a plus sign as %2B'
const anId = 'must be an id of 1 to 64 letters, digits, hyphens and underscores;'
const lead = '/leads/5cc84e8a92127d360d20be36?brokerageId=b1001&'
const time = 'must be a time with a time zone, such as 2026-11-30T19:36:13Z;'

test.for<[string, string, string]>([
  [`${leads}from=yesterday`, 'from', `${day} it is a string of 9 characters`],
  [`${leads}from=`, 'from', `${day} it is empty`],
  [`${leads}to=2026-02-30`, 'to', `${day} the date does not exist`],
  [`${leads}to=2026-02-03T10:00:00Z`, 'to', `${day} it contains a time of day`],
  [`${leads}from=2026-01-01&from=2026-01-02`, 'from', `${day} it occurs 2 times`],
  [`${leads}limit=0`, 'limit', 'must be a whole number from 1 to 200, such as 50; it is less than 1'],
  [`${leads}limit=201`, 'limit', 'must be a whole number from 1 to 200, such as 50; it is more than 200'],
  [`${leads}limit=1e1`, 'limit', 'must be a whole number from 1 to 200, such as 50; it is a string of 3 characters'],
  [`${leads}offset=-1`, 'offset', 'must be a whole number from 0 to 1000000, such as 0; it is less than 0'],
  [`${leads}hasAgent=YES`, 'hasAgent', 'must be one of true, false, null; it is a string of 3 characters'],
  [`${leads}sort=name`, 'sort', 'must be one of -createdAt, createdAt; it is a string of 4 characters'],
  [
    `${leads}include=all`,
    'include',
    'must be one of "source", "property", "property,source", "source,property"; it is a string of 3 characters',
  ],
  [`${lead}createdAt=2026-11-30`, 'createdAt', `${time} it has no time of day`],
  [`${lead}createdAt=2026-11-30T14:36:13`, 'createdAt', `${time} it is a string of 19 characters`],
  [
    `${lead}createdAt=2026-11-30T14:36:13+01:00`,
    'createdAt',
    `${time} it contains a space (in a URL, write a plus sign as %2B)`,
  ],
  [`${lead}createdAt=`, 'createdAt', `${time} it is empty`],
  ['/events?contactId=1&type=', 'type', 'must be a string with a visible character; it is empty'],
  ['/events?contactId=1&type=%00', 'type', 'must be a string with a visible character; it is a string of 1 character'],
  ['/events?contactId=1&type=%20', 'type', 'must be a string with a visible character; it is a string of 1 character'],
  [`${leads}timeZone=`, 'timeZone', 'must be a non-empty string; it is empty'],
  [
    `${leads}timeZone=Mars/Base`,
    'timeZone',
    'is not an IANA time zone name, such as America/New_York or Europe/Berlin',
  ],
  [
    `${leads}sid[in]=one`,
    'sid[in]',
    'must be whole numbers separated by commas, such as 1,2; it is a string of 3 characters',
  ],
  [
    `${leads}sid[in]=1&sid[in]=2`,
    'sid[in]',
    'must be whole numbers separated by commas, such as 1,2; it occurs 2 times',
  ],
  [`${leads}agentEmail=nonsense`, 'agentEmail', addresses],
  [`${leads}agentEmail=ann+oh@example.com`, 'agentEmail', `${addresses}${plus}`],
  [`${leads}agentEmail[ne]=nonsense`, 'agentEmail[ne]', addresses],
  [`${leads}agentEmail[nin]=ann+oh@example.com,agent1@example.com`, 'agentEmail[nin]', `${addresses}${plus}`],
  ['/leads?brokerageId=b%2F1', 'brokerageId', `${anId} it is a string of 3 characters`],
  ['/leads?sid=abc', 'sid', 'must be a whole number from 1 to 9999999999, such as 1; it is a string of 3 characters'],
  [`${events}city=`, 'city', 'must be a non-empty string; it is empty'],
  [`${events}bedroomsTotal=two`, 'bedroomsTotal', 'must be a whole number; it is a string of 3 characters'],
  [
    '/properties/abc',
    'sid',
    'must be a whole number from 1 to 9999999999, such as 10101; it is a string of 3 characters',
  ],
  ['/properties/0', 'sid', 'must be a whole number from 1 to 9999999999, such as 10101; it is less than 1'],
  ['/brokerages/b.1/agents', 'brokerageId', `${anId} it is a string of 3 characters`],
  [
    '/agents/ann%20oh/properties',
    'agent',
    'must be an e-mail address, such as agent1@example.com, or an id of 1 to 64 letters, digits, hyphens and underscores; it contains a space (in a URL, write a plus sign as %2B)',
  ],
  [
    '/problems/Not%20Found',
    'code',
    'must be a code of lower-case letters and hyphens, such as not-found; it is a string of 9 characters',
  ],
])('%s', async ([url, name, message]) => {
  const { status, body } = await foyer.get(url)

  expect([status, body.code]).toEqual([400, 'invalid-request'])
  expect(body.errors[0].message).toBe(message)
  expect(body.errors[0].path).toMatch(new RegExp(`^(query|path)/${name.replace(/[[\]]/g, '\\$&')}$`))
  expect(body.detail).toBe(`${name} ${message}.`)
})

test('the error of sort names the allowed fields', async () => {
  const { body } = await foyer.get(`${events}sort=price`)
  expect(body.detail).toMatch(
    /^sort must be fields separated by commas, each with "-" before it .*createdAt, listPrice,/,
  )
})

test.for(['null', 'undefined'])('an id that is the word %s is refused without a call upstream', async (word) => {
  foyer.sandbox.control.reset()
  const requests: [string, string][] = [
    ['GET', `/events/${word}/properties`],
    ['GET', `/events/7/properties/${word}`],
    ['PATCH', `/events/7/properties/${word}`],
    ['DELETE', `/events/7/properties/${word}`],
    ['GET', `/events/7/properties?connection=${word}`],
    ['GET', `/brokerages/${word}/agents`],
    ['GET', `/brokerages/${word}/activity`],
    ['GET', `/agents/${word}/properties`],
    ['POST', `/agents/${word}/access-token`],
    ['GET', `/properties/${word}`],
    ['GET', `/leads?brokerageId=${word}`],
    ['GET', `/leads?teamId=${word}`],
    ['GET', `/leads/export?teamId=${word}`],
    ['GET', `/leads/feed?brokerageId=${word}`],
    ['DELETE', `/connections/${word}`],
  ]
  for (const [method, url] of requests) {
    const { status, body } = await foyer.send(method, url, method === 'PATCH' ? { city: 'Reno' } : undefined)
    expect([method, url, status, body?.code]).toEqual([method, url, 400, 'invalid-request'])
    expect(body.detail).toContain(`it is the word "${word}", which scripts send when a variable is empty`)
  }
  expect(foyer.sandbox.control.spacio.requests()).toEqual([])
  expect(foyer.sandbox.control.liondesk.requests()).toEqual([])
})

test.for([
  `${leads}hasAgent=true&hasAgent=false`,
  `${leads}include=source&include=property`,
  '/events?contactId=1&type=',
])('a problem lists each error once: %s', async (url) => {
  expect((await foyer.get(url)).body.errors).toHaveLength(1)
})

test.for<[string, object, string, string]>([
  ['POST', { photoUrls: ['nope'] }, 'body/photoUrls/0', 'must be a URL that begins with http:// or https://'],
  ['POST', { photoUrls: ['javascript:1'] }, 'body/photoUrls/0', 'must be a URL that begins with http:// or https://'],
  [
    'PATCH',
    { lastSoldAt: '2026-01-01' },
    'body/lastSoldAt',
    'must be a time with a time zone, such as 2026-11-30T19:36:13Z',
  ],
])('%s %o names the expected form', async ([method, body, path, message]) => {
  const url = method === 'POST' ? '/events/7/properties' : '/events/7/properties/1'
  const reply = await foyer.send(method, url, body)

  expect([reply.status, reply.body.code]).toEqual([422, 'unprocessable'])
  expect(reply.body.errors).toEqual([{ path, message }])
})

test('an id in a body has the same message as in a query', async () => {
  const { status, body } = await foyer.send('POST', '/leads/feed/tickets', { brokerageId: '' })
  expect([status, body.code]).toEqual([422, 'unprocessable'])
  expect(body.errors).toEqual([{ path: 'body/brokerageId', message: anId.replace(';', '') }])
})

test('a problem lists at most 20 errors, and the number of the others', async () => {
  const body = Object.fromEntries(Array.from({ length: 90 }, (_, index) => [`field${index}`, 1]))
  const reply = await foyer.send('PATCH', '/events/7/properties/1', body)

  expect(reply.status).toBe(400)
  expect(reply.body.errors).toHaveLength(20)
  expect(reply.body.detail).toBe('body/field0 is not a field of this object. 70 more errors are not listed.')
  const query = Array.from({ length: 90 }, (_, index) => `field${index}=1`).join('&')
  expect((await foyer.get(`/properties/10101?${query}`)).body.errors).toHaveLength(20)
})

test.for<[string, object]>([
  ['nothing', {}],
  ['nothing but nulls', { city: null, listPrice: null }],
  ['no photos', { photoUrls: [] }],
])('a new event property of %s is 422, and nothing is written', async ([, body]) => {
  foyer.sandbox.control.reset()
  const reply = await foyer.send('POST', '/events/7/properties', body)

  expect([reply.status, reply.body.code]).toEqual([422, 'unprocessable'])
  expect(reply.body.detail).toContain('at least one field')
  expect(foyer.sandbox.control.liondesk.requests()).toEqual([])
})

test('leads are filtered by the address of their agent without regard to letter case', async () => {
  const total = async (filter: string) => {
    const { status, body } = await foyer.get(`/leads?brokerageId=b1001&from=2026-01-01&${filter}`)
    expect([filter, status]).toEqual([filter, 200])
    return body.pagination.total
  }
  for (const sid of [10101, 10102, 10103]) foyer.sandbox.control.spacio.addLead({ sid, count: 5 })
  const some = await total('agentEmail=agent1@example.com')
  expect(some).toBeGreaterThan(0)
  expect(await total('agentEmail=AGENT1@Example.com')).toBe(some)
  const two = await total('agentEmail[in]=agent1@example.com,agent2@example.com')
  expect(await total('agentEmail[in]=Agent1@example.com,%20agent2@example.COM')).toBe(two)
  expect((await total('agentEmail[ne]=AGENT1@example.com')) + some).toBe(await total(''))
})
