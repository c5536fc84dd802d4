/** Checks cache headers and entity tags. */
import type { Check } from '../check.ts'
import type { Json } from '../contract.ts'
import type { Target } from '../targets.ts'
import { assertContract } from '../verdicts.ts'

/** Its response has a request counter, so its entity tag always differs. */
const volatileOperation = 'getMe'

/** Returns true if the document promises an entity tag for the response. */
export const hasEntityTag = ({ operation }: Target): boolean =>
  operation.operationId !== volatileOperation &&
  Object.keys((operation.responses['200']?.headers ?? {}) as Json).includes('ETag') &&
  '304' in operation.responses

export const createEntityTagCheck = ({ name, path }: Target): Check => ({
  name: `${name} has an ETag, and answers 304 if it matches`,
  run: async ({ read, ask }) => {
    // The content, and with it the tag, may change between two requests.
    for (let attempt = 1; ; attempt += 1) {
      const tag = (await read(path)).headers.get('etag')
      assertContract(
        tag !== null && /^(W\/)?"[^"]+"$/.test(tag),
        `ETag ${tag === null ? 'is missing' : 'is malformed'}`,
      )
      const notModified = await ask(path, { headers: { 'if-none-match': tag } })
      if (notModified.status === 200 && notModified.headers.get('etag') !== tag && attempt < 3) continue
      assertContract(notModified.status === 304, `If-None-Match: ${notModified.status}, not 304`)
      assertContract(notModified.headers.get('etag') === tag, '304 has another ETag')
      assertContract(notModified.text === '', '304 has a body')
      const other = await ask(path, { headers: { 'if-none-match': '"of-something-else"' } })
      assertContract(other.status === 200, `If-None-Match of something else: ${other.status}, not 200`)
      return ''
    }
  },
})

/** Operations whose responses browsers may store but must revalidate. */
const revalidatedOperations = new Set([
  'getProperty',
  'listPropertyOpenHouses',
  'listAgentProperties',
  'listBrokerageOpenHouses',
])

export const createFreshnessCheck = (target: Target): Check => ({
  name: `${target.name}: ${revalidatedOperations.has(target.name) ? 'private, no-cache' : 'no-store'}`,
  run: async ({ read }) => {
    const header = (await read(target.path)).headers.get('cache-control') ?? '(none)'
    assertContract(!/public|s-maxage/.test(header), `Cache-Control: ${header}`)
    const expected = revalidatedOperations.has(target.name) ? /private.*no-cache|no-store/ : /no-store/
    assertContract(expected.test(header), `Cache-Control: ${header}`)
    return header
  },
})

export const hasPersonalData = (target: Target): boolean => !target.operation.isPublic
