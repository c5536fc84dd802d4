/** Checks the problem documents of invalid requests. */
import type { Check } from '../check.ts'
import type { Json } from '../contract.ts'
import type { Deployment, GatewayResponse, RequestOptions } from '../deployment.ts'
import type { Samples } from '../samples.ts'
import { assertContract, SkippedCheck } from '../verdicts.ts'

interface InvalidRequest {
  readonly name: string
  readonly path: string
  readonly options?: RequestOptions
  readonly status: number | readonly number[]
  readonly code: string | readonly string[]
  /** A header that the response must have. */
  readonly header?: string
}

const assertHead = ({ status, headers, body }: GatewayResponse): void => {
  const type = headers.get('content-type') ?? ''
  assertContract(type.startsWith('application/problem+json'), `Content-Type ${type}, not application/problem+json`)
  assertContract(body.status === status, `status is ${body.status} in the document, but ${status} in the response`)
  assertContract(typeof body.code === 'string', 'no code')
  assertContract(body.requestId === headers.get('x-request-id'), 'requestId differs from X-Request-Id')
  assertContract(body.instance === `urn:foyer:request:${body.requestId}`, 'instance does not contain the requestId')
}

/** Checks that the catalogue has the problem and that its `type` leads to a page. */
const assertCatalogueEntry = async (body: Json, { read, follow }: Deployment): Promise<void> => {
  const catalogue = (await read('/problems')).body.data as Json[]
  const kind = catalogue.find(({ code }) => code === body.code)
  assertContract(kind !== undefined, `code ${body.code} is not in the catalogue`)
  assertContract(
    kind.status === body.status && kind.title === body.title,
    `${body.code}: status or title differs from the catalogue`,
  )
  const page = await follow(String(body.type))
  assertContract(typeof page !== 'number', `GET ${body.type} (the type): ${page}; check FOYER_PUBLIC_URL`)
  assertContract(page?.code === body.code, `type ${body.type} leads to the page of another problem`)
}

const matchesExpected = <T>(expected: T | readonly T[], value: T): boolean => [expected].flat().includes(value)

const createInvalidCheck = ({ name, path, options, status, code, header }: InvalidRequest): Check => ({
  name,
  run: async (context) => {
    const answer = await context.ask(path, options)
    if (answer.status === 401) throw new SkippedCheck('401: a key is required')
    if (answer.status === 403 && !matchesExpected(status, 403)) throw new SkippedCheck('403: the key has no access')
    const request = context.lastRequest()
    assertContract(matchesExpected(status, answer.status), `${answer.status}, not ${[status].flat().join(' or ')}`)
    assertHead(answer)
    assertContract(
      matchesExpected(code, answer.body.code as string),
      `code ${answer.body.code}, not ${[code].flat().join(' or ')}`,
    )
    if (header) assertContract(answer.headers.has(header), `no ${header}`)
    await assertCatalogueEntry(answer.body, context)
    return request === '' ? '' : String(answer.body.code)
  },
})

/** No property has this sid. The response is the same as for a property without a grant. */
const unknownSid = 9_999_999_998

export const createProblemChecks = ({ sid }: Samples): Check[] => {
  const invalidRequests: InvalidRequest[] = [
    { name: 'an unknown route is 404', path: '/no-such-route', status: 404, code: 'not-found' },
    {
      ...{ name: 'an unsupported method is 405', path: '/problems', options: { method: 'PUT' } },
      ...{ status: 405, code: 'method-not-allowed', header: 'allow' },
    },
    {
      ...{ name: 'an unsupported media type in Accept is 406', path: '/problems' },
      ...{ options: { headers: { accept: 'image/png' } }, status: 406, code: 'not-acceptable' },
    },
    {
      ...{ name: 'an unknown problem code is 404', path: '/problems/no-such-problem' },
      ...{ options: { headers: { accept: 'application/json' } }, status: 404, code: 'not-found' },
    },
    { name: 'an unknown property is 404', path: `/properties/${unknownSid}`, status: 404, code: 'unknown-property' },
    { name: 'a sid that is not a number is 400', path: '/properties/ten', status: 400, code: 'invalid-request' },
    {
      ...{
        name: 'a brokerage without a grant is 403, an unknown one 404',
        path: '/brokerages/no-such-brokerage/agents',
      },
      ...{ status: [403, 404], code: ['forbidden', 'unknown-brokerage'] },
    },
    { name: 'leads without a source are 400', path: '/leads', status: 400, code: 'invalid-request' },
    { name: 'contacts without a search are 400', path: '/contacts', status: 400, code: 'invalid-request' },
    {
      ...{ name: 'an unsupported media type of a body is 415', path: '/leads/feed/tickets', status: 415 },
      ...{ options: { method: 'POST', headers: { 'content-type': 'application/xml' }, body: '<a/>' } },
      code: 'unsupported-media-type',
    },
    {
      ...{ name: 'a body that is not JSON is 400', path: '/leads/feed/tickets', status: 400, code: 'invalid-request' },
      options: { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"sid": ' },
    },
    ...(sid === undefined
      ? []
      : [
          {
            name: 'an unknown value of include is 400',
            path: `/properties/${sid}?include=everything`,
            status: 400,
            code: 'invalid-request',
          },
        ]),
  ]
  return invalidRequests.map(createInvalidCheck)
}
