/** Parses the command line. */
import { readFileSync } from 'node:fs'
import type { Environment } from '#src/config/environment.ts'
import { readArguments, UsageError } from '../../cli/command.ts'
import { resolveFile } from '../../cli/files.ts'
import type { Json } from './contract.ts'
import { type SampleName, sampleNames } from './samples.ts'

export const help = `Checks whether a deployment fulfils the contract. It sends every read request of the OpenAPI document and checks
each response against the document and the rules of the API: joined pages, exact totals, working links, filters that
only narrow a list, problem documents, rejected unknown parameters, cache headers.

  foyer verify --url http://127.0.0.1:3000 --key fk_…
  foyer verify --url https://api.example.com --key env:FOYER_KEY --brokerage b1001 --json

  --url URL           the address of the deployment
  --key KEY           an API key, or a reference to it: env:NAME, file:PATH
  --token TOKEN       a JWT instead of a key, or a reference to it
  --contract FILE     the OpenAPI document; the default is that of this version, which foyer openapi prints
  --allow-new-fields  accepts fields that the document does not name, for an older document
  --sid N, --agent EMAIL, --brokerage ID, --team ID, --event ID, --contact ID
                      ids for the requests; the defaults are the examples of the document and ids in responses
                      to which the key has access
  --only TEXT         runs only checks whose name contains the text, such as "by brokerageId" or ETag
  --writes            creates, changes and deletes a property of the event; the default is to write nothing
  --json              one JSON document, for CI

The command sends about a hundred requests, one after the other. It skips and reports requests to which the key has no
access. It prints no personal data and no secrets.

  exit 0   the deployment fulfils the contract
       1   the deployment breaks the contract; the table shows where
       2   wrong usage, the deployment cannot be reached, or an upstream of it failed
`

interface Options {
  readonly url: string
  readonly credentials: Readonly<Record<string, string>>
  readonly document: Json
  /** Name of the contract in the report. */
  readonly contract: string
  readonly allowsNewFields: boolean
  readonly ids: Partial<Record<SampleName, string>>
  /** Text that the names of the selected checks contain. */
  readonly only: string
  readonly writes: boolean
  readonly json: boolean
}

const text = { type: 'string' } as const
const flag = { type: 'boolean', default: false } as const

const options = {
  ...{ url: text, key: text, token: text, contract: text, only: text },
  ...{ sid: text, agent: text, brokerage: text, team: text, event: text, contact: text },
  ...{ 'allow-new-fields': flag, writes: flag, json: flag },
} as const

const readUrl = (url: string | undefined): string => {
  if (url === undefined) throw new UsageError('--url is required: the address of the deployment')
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) throw new UsageError('--url must be an http or https URL')
  return url
}

const readText = (option: string, path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new UsageError(`--${option}: ${(error as Error).message}`)
  }
}

/** Resolves a secret, or a reference to it as in the tenants file. */
const readSecret = (option: string, source: string | undefined, env: Environment): string | undefined => {
  if (source === undefined) return undefined
  const [, kind, place = ''] = /^(env|file):(.+)$/.exec(source) ?? []
  const secret = kind === 'env' ? env[place] : kind === 'file' ? readText(option, place) : source
  if (!secret || !/^[\x21-\x7e]+$/.test(secret.trim()))
    throw new UsageError(`--${option} is empty or has invalid characters`)
  return secret.trim()
}

const readCredentials = (key: string | undefined, token: string | undefined): Record<string, string> => {
  if (key !== undefined && token !== undefined) throw new UsageError('use --key or --token, not both')
  return { ...(key && { 'x-api-key': key }), ...(token && { authorization: `Bearer ${token}` }) }
}

const readDocument = (path: string): Json => {
  const content = readText('contract', path)
  try {
    const document = JSON.parse(content) as Json
    if (typeof document.openapi === 'string' && document.paths) return document
  } catch {
    // Invalid JSON gets the same message as another document.
  }
  throw new UsageError(`--contract: ${path} is not an OpenAPI document in JSON`)
}

export const readOptions = (args: readonly string[], env: Environment): Options => {
  const { values } = readArguments(args, options)
  const document = readDocument(values.contract ?? resolveFile('openapi/foyer.json'))
  const { title, version } = (document.info ?? {}) as Json
  const ids = sampleNames.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]]))
  return {
    url: readUrl(values.url),
    credentials: readCredentials(readSecret('key', values.key, env), readSecret('token', values.token, env)),
    document,
    contract: values.contract ?? `${title} ${version}`,
    allowsNewFields: values['allow-new-fields'],
    ids: Object.fromEntries(ids),
    only: values.only ?? '',
    writes: values.writes,
    json: values.json,
  }
}
