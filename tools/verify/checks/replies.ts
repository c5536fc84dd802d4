/** Checks each documented read operation: status, media type, schema and headers. */
import { findBreakingChanges } from '../../openapi-diff/breaking-changes.ts'
import { type Check, withQuery } from '../check.ts'
import type { Json } from '../contract.ts'
import { skipDenied } from '../deployment.ts'
import type { Target } from '../targets.ts'
import { assertContract } from '../verdicts.ts'

interface ListBody {
  readonly data: readonly Json[]
  readonly pagination?: { readonly total: number }
}

const describeReply = ({ data, pagination }: ListBody): string =>
  pagination ? `${data.length} of ${pagination.total}` : `${data.length}`

export const createReplyCheck = ({ name, path }: Target): Check => ({
  name: `${name} answers as documented`,
  run: async ({ read }) => {
    const { headers, body } = await read(path)
    assertContract(/^\S{8,}$/.test(headers.get('x-request-id') ?? ''), 'no X-Request-Id')
    assertContract(headers.get('x-content-type-options') === 'nosniff', 'no X-Content-Type-Options: nosniff')
    return Array.isArray(body?.data) ? describeReply(body as unknown as ListBody) : ''
  },
})

export const createUnknownParameterCheck = ({ name, path }: Target): Check => ({
  name: `${name} rejects an unknown parameter`,
  run: async ({ ask }) => {
    const answer = await ask(withQuery(path, { 'no-such-parameter': 1 }))
    skipDenied(answer)
    assertContract(answer.status === 400, `${answer.status}, not 400`)
    const [error] = (answer.body.errors ?? []) as Json[]
    assertContract(error?.path === 'query/no-such-parameter', 'errors does not name query/no-such-parameter')
    return ''
  },
})

export const createUnauthenticatedCheck = ({ name, path }: Target): Check => ({
  name: `${name} requires a key`,
  run: async ({ ask }) => {
    const answer = await ask(path, { anonymous: true })
    assertContract(answer.status === 401, `${answer.status} without a key, not 401`)
    assertContract(answer.headers.has('www-authenticate'), 'no WWW-Authenticate')
    assertContract(answer.body.code === 'unauthenticated', `code ${answer.body.code}, not unauthenticated`)
    return ''
  },
})

/** A missing key takes precedence over an unsupported media type. */
export const createKeyFirstCheck = ({ name, path }: Target): Check => ({
  name: `${name}: 401 comes before 406`,
  run: async ({ ask }) => {
    const answer = await ask(path, { anonymous: true, headers: { accept: 'image/png' } })
    assertContract(answer.status === 401, `${answer.status} without a key and with Accept: image/png, not 401`)
    return ''
  },
})

/** The deployment's own document must promise no less than the contract. */
export const documentCheck: Check = {
  name: 'the deployment’s own document fulfils the contract',
  run: async ({ contract, read }) => {
    const { body } = await read('/openapi.json')
    const [first, ...others] = findBreakingChanges(contract.document, body)
    assertContract(
      first === undefined,
      `${first?.at}: ${first?.what}${others.length > 0 ? `, and ${others.length} more` : ''}`,
    )
    return `version ${(body.info as Json | undefined)?.version}`
  },
}
