/** `foyer verify` finds no error in a gateway, and finds the errors that a proxy in front of it adds. */
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../../sandbox/index.ts'
import { everyScope, writeClients, writeDocument } from '../../support/clients.ts'
import { runCommand } from '../../support/command.ts'
import { type Mutation, type ProxiedReply, startProxy } from '../../support/mutating-proxy.ts'
import { createEnvironment, openGateway, type TestGateway } from '../../support/test-gateway.ts'

const clients = writeClients({
  brokerage: { scopes: everyScope, grants: { brokerages: ['b1001'], teams: ['t2001'], connections: '*' } },
  agent: { scopes: ['leads:read', 'properties:read'], grants: { agents: ['agent1@example.com'] } },
})

let sandbox: Sandbox
let gateway: TestGateway
let direct: string
let proxy: Awaited<ReturnType<typeof startProxy>>

beforeAll(async () => {
  sandbox = await startSandbox({ leads: 2_000 })
  gateway = await openGateway({
    ...createEnvironment(sandbox),
    FOYER_AUTH: 'required',
    FOYER_CLIENTS_FILE: clients.path,
    FOYER_FEED_FLOOR: '1',
    // So that the responses of `GET /me` differ.
    FOYER_RATE_LIMIT: '100000',
  })
  direct = await gateway.app.listen({ host: '127.0.0.1', port: 0 })
  proxy = await startProxy(direct)
})

afterAll(async () => {
  proxy.close()
  await gateway.close()
  await sandbox.close()
})

interface Report {
  exitCode: number
  counts: Record<'ok' | 'broken' | 'skipped' | 'failed', number>
  results: { name: string; request: string; verdict: string; detail: string }[]
}

const verify = async (url: string, ...args: string[]) => {
  const { code, out, err } = await runCommand(['verify', '--url', url, ...args])
  return { code, out, err, report: (args.includes('--json') && out !== '' ? JSON.parse(out) : {}) as Report }
}

const everything = () => ['--key', clients.keys.brokerage, '--team', 't2001', '--json']

const getNames = ({ results }: Report, wanted: string) =>
  results.filter(({ verdict }) => verdict === wanted).map(({ name, detail }) => `${name}: ${detail}`)

describe('a gateway that fulfils the contract', () => {
  test('passes every check, including writes, which leave nothing behind', { timeout: 240_000 }, async () => {
    const { report, code } = await verify(direct, ...everything(), '--writes')
    expect(getNames(report, 'broken')).toEqual([])
    expect(getNames(report, 'failed')).toEqual([])
    expect(getNames(report, 'skipped')).toEqual([
      'completeConnection answers as documented: only LionDesk redirects to it',
    ])
    expect([code, report.exitCode]).toEqual([0, 0])
    expect(report.counts.ok).toBeGreaterThan(120)
    const left = await gateway.get('/events/7/properties?city=Verify', clients.headers('brokerage'))
    expect(left.body.pagination.total).toBe(0)
  })
})

describe('with limited access', () => {
  test('with an agent’s key, it skips and reports what the key has no access to', async () => {
    const { code, report } = await verify(direct, '--key', clients.keys.agent, '--only', 'as documented', '--json')
    expect([code, getNames(report, 'broken')]).toEqual([0, []])
    const ok = report.results.filter(({ verdict }) => verdict === 'ok').map(({ name }) => name)
    expect(ok).toContain('getProperty answers as documented')
    expect(ok).toContain('listLeads by sid answers as documented')
    expect(getNames(report, 'skipped')).toContain('listLeads by brokerageId answers as documented: needs --brokerage')
  })

  test('without a key, it checks the public routes and that all others require a key', async () => {
    const { code, report } = await verify(direct, '--json', '--only', 'e')
    expect([code, getNames(report, 'broken')]).toEqual([0, []])
    expect(getNames(report, 'ok')).toContain('listUpstreams requires a key: ')
    expect(getNames(report, 'skipped')).toContain('getProperty answers as documented: needs --sid')
  })

  test('the table has requests, verdicts and totals, but no personal data', async () => {
    const { out } = await verify(direct, '--key', clients.keys.brokerage, '--only', 'listAgentProperties')
    expect(out).toMatch(/^verdict +check +request +detail$/m)
    expect(out).toMatch(/^ok +listAgentProperties answers as documented +GET \/agents\/…@…\/properties +\d+ of \d+$/m)
    expect(out).toMatch(/^8 checks: 8 ok, 0 broken, 0 skipped, 0 failed\. The deployment fulfils the contract\.$/m)
    expect(out).not.toContain('example.com')
  })
})

const spoil =
  (path: RegExp, change: (passed: ProxiedReply) => void): NonNullable<Mutation['answer']> =>
  (passed, requests) => {
    if (path.test(requests) && passed.status < 500) change(passed)
  }

const drop = (name: string) => (passed: ProxiedReply) => {
  delete passed.headers[name]
}

const eachElement = (change: (element: any) => void) => (passed: ProxiedReply) => {
  for (const element of passed.body?.data ?? []) change(element)
}

const addPage = (passed: ProxiedReply): void => {
  if (passed.body?.pagination) passed.body.pagination.total += 1
}

const leads = 'listLeads by brokerageId'

test.for<[string, string, Mutation, RegExp]>([
  [
    'a field that has another name',
    `${leads} answers`,
    {
      answer: spoil(
        /^\/leads\?/,
        eachElement((lead) => {
          lead.name = lead.fullName
          delete lead.fullName
        }),
      ),
    },
    /body\/data\/0 must have required property 'fullName'/,
  ],
  [
    'a field more',
    'getProperty answers',
    { answer: spoil(/^\/properties\/\d+$/, (passed) => Object.assign(passed.body, { agentPhone: '1' })) },
    /must NOT have additional properties/,
  ],
  [
    'a price as text',
    'getProperty answers',
    { answer: spoil(/^\/properties\/\d+$/, ({ body }) => Object.assign(body, { listPrice: '$1' })) },
    /listPrice must be/,
  ],
  ['no Link', `${leads}: pages`, { answer: spoil(/^\/leads/, drop('link')) }, /no Link with rel="first"/],
  ['a wrong total', `${leads}: pages`, { answer: spoil(/^\/leads/, addPage) }, /total/],
  [
    'pages that overlap',
    `${leads}: pages`,
    { ask: (path) => path.replace(/offset=20$/, 'offset=19') },
    /pagination differs from the request/,
  ],
  [
    'pages that overlap, and say that they do not',
    `${leads}: pages`,
    {
      ask: (path) => path.replace(/limit=20&offset=20$/, 'limit=20&offset=19'),
      answer: (passed, path) => {
        if (!/limit=20&offset=20$/.test(path)) return
        passed.headers.link = String(passed.headers.link).replace('offset=39', 'offset=40')
        passed.body.pagination.offset = 20
      },
    },
    /joined/,
  ],
  [
    'another order than requested',
    `${leads}: newest`,
    { answer: spoil(/^\/leads/, ({ body }) => body.data?.reverse()) },
    /newest first/,
  ],
  [
    'a filter that is dropped',
    `${leads}: hasAgent`,
    { ask: (path) => path.replace(/&hasAgent=\w+/, '') },
    /also returns other leads/,
  ],
  [
    'a mistyped parameter that is dropped',
    `${leads} rejects an unknown parameter`,
    { ask: (path) => path.replace(/&no-such-parameter=1/, '') },
    /200, not 400/,
  ],
  [
    'a limit that is clipped',
    `${leads} rejects an invalid limit`,
    { ask: (path) => path.replace('limit=201', 'limit=200') },
    /limit=201: 200, not 400/,
  ],
  [
    'a day too many',
    `${leads}: from`,
    {
      ask: (path) =>
        path.replace(/from=[\d-]+/, `from=${new Date(Date.now() - 6 * 86_400_000).toISOString().slice(0, 10)}`),
    },
    /a window of one day has leads of other days/,
  ],
  [
    'a contact with another address',
    'listContacts: only',
    {
      answer: spoil(
        /^\/contacts\?/,
        eachElement((contact) => {
          contact.email = 'other@example.com'
        }),
      ),
    },
    /contacts have another address/,
  ],
  [
    'an address that must have the right letter case',
    'listContacts: only',
    { ask: (path) => path.replace(/VISITOR2.*COM/, 'nobody%40example.com') },
    /found in lower case only/,
  ],
  [
    'an event of another contact',
    'listEvents: only',
    {
      answer: spoil(
        /^\/events\?/,
        eachElement((event) => {
          event.contactId = '2'
        }),
      ),
    },
    /events of other contacts/,
  ],
  [
    'events in no order',
    'listEvents: only',
    { ask: (path) => path.replace('sort=-createdAt', 'sort=createdAt') },
    /sort=-createdAt does not fall/,
  ],
  [
    'an export that ends early',
    `${leads}: the export`,
    {
      answer: spoil(/^\/leads\/export/, (passed) =>
        Object.assign(passed, { body: passed.body.split('\n').slice(1).join('\n') }),
      ),
    },
    /lines, but the list has/,
  ],
  [
    'a line break without quotes in a CSV export',
    `${leads}: CSV`,
    {
      answer: spoil(/^\/leads\/export.*csv/, (passed) =>
        Object.assign(passed, { body: passed.body.replace(/"\w+ \w+"/, 'first line\nsecond line') }),
      ),
    },
    /the CSV is invalid/,
  ],
  [
    'a CSV export of other leads',
    `${leads}: CSV`,
    {
      answer: spoil(/^\/leads\/export.*csv/, (passed) =>
        Object.assign(passed, { body: passed.body.replace(/\r\n"\w/, '\r\n"x') }),
      ),
    },
    /row 1: id differs from NDJSON/,
  ],
  [
    'a lookup that returns another lead',
    `${leads}: GET /leads/{id}`,
    { answer: spoil(/^\/leads\/[\da-f]{24}/, ({ body }) => Object.assign(body, { fullName: 'Another Visitor' })) },
    /differs from the lead in the list/,
  ],
  [
    'an unknown lead whose problem does not name the searched days',
    `${leads}: GET /leads/{id}`,
    { answer: spoil(/^\/leads\/no-such-lead/, ({ body }) => Object.assign(body, { detail: 'No such lead.' })) },
    /does not name the day/,
  ],
  [
    'a lead with the property of another',
    `${leads}: include=property`,
    {
      answer: spoil(
        /include=property/,
        eachElement(({ property }) => property && Object.assign(property, { sid: 1 })),
      ),
    },
    /differs from GET \/properties/,
  ],
  [
    'an include that is dropped',
    `${leads}: include=property`,
    { ask: (path) => path.replace('&include=property', '') },
    /has no property/,
  ],
  [
    'a type that leads nowhere',
    'an unknown route',
    {
      answer: spoil(/^\/no-such-route/, ({ body }) => Object.assign(body, { type: '/gw/problems/not-found' })),
    },
    /GET \/gw\/problems\/not-found \(the type\): 404; check FOYER_PUBLIC_URL/,
  ],
  [
    'a type that leads to another problem',
    'an unknown route',
    {
      answer: spoil(/^\/no-such-route/, ({ body }) => Object.assign(body, { type: '/problems/conflict' })),
    },
    /leads to the page of another problem/,
  ],
  [
    'a 406 that hides a 401',
    '401 comes before 406',
    {
      ask: (path, { accept }) => (accept === 'image/png' ? '/problems' : path),
    },
    /406 without a key and with Accept: image\/png, not 401/,
  ],
  [
    'a problem without its code',
    'an unknown property',
    { answer: spoil(/^\/properties\/9999999998/, ({ body }) => delete body.code) },
    /required property 'code'/,
  ],
  [
    'a problem that calls itself JSON',
    'an unknown property',
    {
      answer: spoil(/^\/properties\/9999999998/, ({ headers }) =>
        Object.assign(headers, { 'content-type': 'application/json' }),
      ),
    },
    /media type/,
  ],
  [
    'a code that the catalogue lacks',
    'an unknown route',
    { answer: spoil(/^\/no-such-route/, ({ body }) => Object.assign(body, { code: 'lost' })) },
    /code lost, not not-found/,
  ],
  ['no Allow', 'an unsupported method', { answer: (passed) => drop('allow')(passed) }, /no allow/],
  [
    'a route that accepts requests without a key',
    'getProperty requires a key',
    {
      ask: (path, headers) => {
        headers['x-api-key'] = clients.keys.brokerage
        return path
      },
    },
    /200 without a key, not 401/,
  ],
  ['no ETag', 'getProperty has an ETag', { answer: spoil(/./, drop('etag')) }, /ETag is missing/],
  [
    'an ETag that is ignored',
    'getProperty has an ETag',
    {
      ask: (path, headers) => {
        delete headers['if-none-match']
        return path
      },
    },
    /If-None-Match: 200, not 304/,
  ],
  [
    'leads that a browser may store',
    `${leads}: no-store`,
    { answer: spoil(/^\/leads/, ({ headers }) => Object.assign(headers, { 'cache-control': 'private, max-age=60' })) },
    /Cache-Control: private, max-age=60/,
  ],
  ['no X-Request-Id', 'getProperty answers', { answer: spoil(/./, drop('x-request-id')) }, /no X-Request-Id/],
  [
    'a document that promises less',
    'own document',
    { answer: spoil(/^\/openapi\.json/, ({ body }) => delete body.components.schemas.Lead.properties.note) },
    /note was removed/,
  ],
  [
    'a filter whose opposite omits elements without a value',
    'bedroomsTotal[ne]',
    {
      answer: spoil(/bedroomsTotal%5Bne%5D/, ({ body }) => {
        body.pagination.total -= 1
      }),
    },
    /bedroomsTotal has \d+, bedroomsTotal\[ne\] has \d+, but the list has \d+/,
  ],
  [
    'a removal that removes nothing',
    'created once',
    { ask: (path, _headers, method) => (method === 'DELETE' ? path.replace(/\d+$/, '999999') : undefined) },
    /DELETE: 404, not 204/,
  ],
  [
    'a conditional write that ignores its condition',
    'created once',
    {
      ask: (path, headers) => {
        delete headers['if-match']
        return path
      },
    },
    /PATCH with a stale If-Match: 200, not 412/,
  ],
  [
    'a changed property that answers no new ETag',
    'created once',
    { answer: (passed) => drop('etag')(passed) },
    /PATCH returns no ETag/,
  ],
])('%s is found', async ([, only, mutation, detail]) => {
  proxy.mutate(mutation)
  try {
    const { code, report } = await verify(proxy.url, ...everything(), '--only', only, '--writes')
    expect(report.results.map(({ verdict }) => verdict)).toEqual(['broken'])
    expect(report.results[0]?.detail).toMatch(detail)
    expect(code).toBe(1)
  } finally {
    proxy.mutate({})
  }
})

describe('a failure that does not test the contract', () => {
  test.each([
    [['--key', 'fk_x'], /rejected \(401\)/],
    [['--sid', '9999999998'], /--sid cannot be read/],
    [['--only', 'nonsense'], /no name of a check contains nonsense/],
    [['--token', 'a.b.c'], /use --key or --token, not both/],
    [['--contract', '/nowhere'], /--contract/],
    [['--contract', `${import.meta.dirname}/../../../package.json`], /is not an OpenAPI document/],
  ])('%j is wrong usage', async (args, want) => {
    const key = args[0] === '--key' ? [] : ['--key', clients.keys.brokerage]
    expect(await verify(direct, ...key, ...args)).toMatchObject({ code: 2, out: '', err: expect.stringMatching(want) })
  })

  test.each([[[]], [['--url', 'ftp://x']], [['--url', 'here']]])('so is %j', async (args) => {
    expect(await runCommand(['verify', ...args])).toMatchObject({ code: 2, err: expect.stringContaining('--url') })
  })

  test('an unreachable server and a failed upstream exit with 2', async () => {
    const noClient = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => noClient.once('listening', resolve))
    const { port } = noClient.address() as AddressInfo
    await new Promise((resolve) => noClient.close(resolve))
    const gone = await verify(`http://127.0.0.1:${port}`)
    expect(gone).toMatchObject({ code: 2, err: expect.stringMatching(/cannot be reached: ECONNREFUSED/) })

    proxy.mutate({
      answer: spoil(/^\/properties\/\d+\/open-houses/, (passed) => {
        passed.status = 502
        passed.headers['content-type'] = 'application/problem+json'
        passed.body = { ...problem, status: 502, code: 'upstream-failed' }
      }),
    })
    const failed = await verify(proxy.url, ...everything(), '--only', 'listPropertyOpenHouses answers')
    proxy.mutate({})
    expect([failed.code, failed.report.results[0]?.verdict]).toEqual([2, 'failed'])
  })
})

describe('an upstream that fails', () => {
  const isUpstream = (path: string): boolean => /^\/(properties|leads|agents|brokerages|events)/.test(path)

  /** All upstream calls fail after the ids were found. The document is fetched first. */
  const failingWith = (status: number, code: string): Mutation => {
    let isDown = false
    return {
      ask: (path) => {
        isDown ||= path === '/openapi.json'
        return isDown && isUpstream(path) ? '/problems/internal' : undefined
      },
      answer: (passed, path) => {
        if (!isDown || !isUpstream(path)) return
        passed.status = status
        passed.headers['content-type'] = 'application/problem+json'
        passed.body = { ...problem, status, code }
      },
    }
  }

  test.each([
    [502, 'upstream-failed'],
    [504, 'upstream-timeout'],
  ])('with %i: no check that needs it is called broken', async (status, code) => {
    proxy.mutate(failingWith(status, code))
    const { report, code: exitCode } = await verify(proxy.url, ...everything(), '--writes')
    proxy.mutate({})
    expect(getNames(report, 'broken')).toEqual([])
    expect(getNames(report, 'failed')).toContain(`an unknown property is 404: ${status} ${code}`)
    expect(getNames(report, 'failed')).toContain(
      `an event property is created once, read, changed and removed: ${status} ${code}`,
    )
    expect([exitCode, report.counts.failed > 80]).toEqual([2, true])
  })

  test('no stale response is served after a bug of the gateway', async () => {
    proxy.mutate(failingWith(500, 'internal'))
    const { report } = await verify(proxy.url, ...everything())
    proxy.mutate({})
    expect(getNames(report, 'failed')).toEqual([])
    expect(getNames(report, 'broken')).toContain('an unknown property is 404: 500, not 404')
  })

  test('a broken connection stays broken if the cleanup fails', async () => {
    proxy.mutate({
      answer: (passed, path, method) => {
        if (!/^\/events\/\w+\/properties/.test(path)) return
        if (method === 'POST') delete passed.headers.location
        if (method !== 'DELETE') return
        passed.status = 502
        passed.headers['content-type'] = 'application/problem+json'
        passed.body = { ...problem, status: 502, code: 'upstream-failed' }
      },
    })
    const { report } = await verify(proxy.url, ...everything(), '--only', 'created once', '--writes')
    proxy.mutate({})
    expect(getNames(report, 'broken')).toEqual([
      expect.stringMatching(/Location.*; \/events\/\w+\/properties\/\w+ may not have been removed$/),
    ])
  })
})

const problem = {
  ...{ type: '/problems/upstream-failed', title: 'Upstream failed', detail: 'x', requestId: 'r' },
  instance: 'urn:foyer:request:r',
}

describe('a contract that is pinned', () => {
  const document = JSON.parse(readFileSync(`${import.meta.dirname}/../../../openapi/foyer.json`, 'utf8'))

  test('an older contract lacks fields, which --allow-new-fields allows', async () => {
    const older = structuredClone(document)
    delete older.components.schemas.Property.properties.title
    older.components.schemas.Property.required = older.components.schemas.Property.required.filter(
      (name: string) => name !== 'title',
    )
    const args = ['--contract', writeDocument(older), '--only', 'getProperty answers', ...everything()]
    expect((await verify(direct, ...args)).code).toBe(1)
    expect((await verify(direct, ...args, '--allow-new-fields')).code).toBe(0)
  })

  test('the key may be in the environment or in a file', async () => {
    const path = writeDocument(null)
    writeFileSync(path, `${clients.keys.brokerage}\n`)
    const args = ['verify', '--url', direct, '--only', 'listUpstreams answers', '--json']
    const env = { FOYER_KEY: clients.keys.brokerage }
    for (const key of ['env:FOYER_KEY', `file:${path}`]) {
      const { out } = await runCommand([...args, '--key', key], env)
      expect(JSON.parse(out).counts.ok).toBe(1)
    }
    expect((await runCommand([...args, '--key', 'env:NOWHERE'], env)).code).toBe(2)
  })
})
