/** What the command line asks for. */
import { readFileSync } from 'node:fs'
import type { Environment } from '#src/config/environment.ts'
import { readArguments, UsageError } from '../command.ts'
import { fileAt } from '../files.ts'
import type { Json } from './contract.ts'
import { type SampleName, sampleNames } from './samples.ts'

export const help = `Checks whether a deployment keeps the contract: asks it everything that the document says can be read, and
holds each reply against the document and against the laws of the API: pages that join, totals that are exact, links
that lead on, filters that only narrow, problem documents, unknown parameters that are refused, cache headers.

  foyer verify --url http://127.0.0.1:3000 --key fk_…
  foyer verify --url https://api.example.com --key env:FOYER_KEY --brokerage b1001 --json

  --url URL           where the deployment is
  --key KEY           an API key, or where it stands: env:NAME, file:PATH
  --token TOKEN       in its place a JWT, or where it stands
  --contract FILE     the document to hold it against; by default that of this version: foyer openapi prints it
  --allow-new-fields  replies may carry fields that the document does not name: for one that is older
  --sid N, --agent EMAIL, --brokerage ID, --team ID, --event ID
                      what to ask for; by default the document's examples and what replies lead to, as far as the key
                      may see them
  --only TEXT         only checks in whose name it stands, such as "by brokerageId" or ETag
  --writes            creates a property of the event, changes and removes it; without it nothing is written
  --json              one JSON document, for CI

It asks some hundred times, one after the other. What the key may not see is skipped, and said. No person's data and
no secret is printed.

  exit 0   the contract is kept
       1   it is broken: the table says where
       2   wrong usage, the deployment cannot be reached, or an upstream of it failed
`

export interface Options {
  readonly url: string
  readonly credentials: Readonly<Record<string, string>>
  readonly document: Json
  /** What the document is called in a report. */
  readonly contract: string
  readonly allowsNewFields: boolean
  readonly ids: Partial<Record<SampleName, string>>
  /** Part of the names of the checks that are wanted. */
  readonly only: string
  readonly writes: boolean
  readonly json: boolean
}

const text = { type: 'string' } as const
const flag = { type: 'boolean', default: false } as const

const options = {
  ...{ url: text, key: text, token: text, contract: text, only: text },
  ...{ sid: text, agent: text, brokerage: text, team: text, event: text },
  ...{ 'allow-new-fields': flag, writes: flag, json: flag },
} as const

const urlOf = (given: string | undefined): string => {
  if (given === undefined) throw new UsageError('--url is needed: where the deployment is')
  if (!/^https?:\/\//.test(given) || !URL.canParse(given)) throw new UsageError('--url must be an http or https URL')
  return given
}

const fileText = (option: string, path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new UsageError(`--${option}: ${(error as Error).message}`)
  }
}

/** As in the gateway's own files: a secret, or where it stands. */
const secretOf = (option: string, given: string | undefined, env: Environment): string | undefined => {
  if (given === undefined) return undefined
  const [, kind, place = ''] = /^(env|file):(.+)$/.exec(given) ?? []
  const secret = kind === 'env' ? env[place] : kind === 'file' ? fileText(option, place) : given
  if (!secret || !/^[\x21-\x7e]+$/.test(secret.trim()))
    throw new UsageError(`--${option} holds nothing that can be sent`)
  return secret.trim()
}

const credentialsOf = (key: string | undefined, token: string | undefined): Record<string, string> => {
  if (key !== undefined && token !== undefined) throw new UsageError('--key or --token, not both')
  return { ...(key && { 'x-api-key': key }), ...(token && { authorization: `Bearer ${token}` }) }
}

const documentIn = (path: string): Json => {
  const content = fileText('contract', path)
  try {
    const document = JSON.parse(content) as Json
    if (typeof document.openapi === 'string' && document.paths) return document
  } catch {
    // As good as none.
  }
  throw new UsageError(`--contract: ${path} is no OpenAPI document in JSON`)
}

export const readOptions = (args: readonly string[], env: Environment): Options => {
  const { values } = readArguments(args, options)
  const document = documentIn(values.contract ?? fileAt('openapi/foyer.json'))
  const { title, version } = (document.info ?? {}) as Json
  const given = sampleNames.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]]))
  return {
    url: urlOf(values.url),
    credentials: credentialsOf(secretOf('key', values.key, env), secretOf('token', values.token, env)),
    document,
    contract: values.contract ?? `${title} ${version}`,
    allowsNewFields: values['allow-new-fields'],
    ids: Object.fromEntries(given),
    only: values.only ?? '',
    writes: values.writes,
    json: values.json,
  }
}
