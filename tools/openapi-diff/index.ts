/** `foyer openapi`: prints the generated OpenAPI documents and their breaking changes. */
import { readFileSync, writeFileSync } from 'node:fs'
import { type Command, type Context, exitCodes, readArguments, toJson, UsageError } from '../../cli/command.ts'
import { resolveFile } from '../../cli/files.ts'
import { findBreakingChanges } from './breaking-changes.ts'

const names = ['foyer', 'spacio', 'liondesk']

const help = `Prints the OpenAPI 3.1 document of this version of the gateway.

  foyer openapi > foyer.json           the contract, to generate a client or to pin it
  foyer openapi --out foyer.json       writes the contract to a file
  foyer openapi spacio                 the document of an upstream: spacio or liondesk
  foyer openapi --since foyer.json     changes since that document that break its clients

A running gateway serves its document at /openapi.json.

  --out FILE     the file to write
  --since FILE   an earlier document; prints every change since then that breaks its clients
  --json         the changes as JSON: [{at, what}]

  exit 0   success; with --since: no breaking change
       1   with --since: a breaking change
       2   wrong usage, or a file cannot be read or written
`

const writeFile = (path: string, text: string): void => {
  try {
    writeFileSync(path, text)
  } catch (error) {
    throw new UsageError(`--out: ${(error as Error).message}`)
  }
}

const readDocument = (path: string): Record<string, unknown> => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new UsageError(`--since: ${path}: ${(error as Error).message}`)
  }
}

const run = ({ args, out }: Context): number => {
  const text = { type: 'string' } as const
  const { values, positionals } = readArguments(args, { out: text, since: text, json: { type: 'boolean' } }, true)
  const [name = 'foyer', ...others] = positionals
  if (!names.includes(name) || others.length > 0) throw new UsageError(`name one document: ${names.join(', ')}`)
  const document = readFileSync(resolveFile(`openapi/${name}.json`), 'utf8')
  if (values.out !== undefined) writeFile(values.out, document)
  if (values.since === undefined) {
    if (values.out === undefined) out(document)
    return exitCodes.done
  }
  const changes = findBreakingChanges(readDocument(values.since), JSON.parse(document))
  out(values.json ? toJson(changes) : changes.map(({ at, what }) => `${at}: ${what}\n`).join(''))
  return changes.length > 0 ? exitCodes.no : exitCodes.done
}

export const openapi: Command = {
  help,
  run,
}
