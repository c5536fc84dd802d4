/** `foyer openapi`: the documents of this version, as they were generated from its schemas. */
import { readFileSync, writeFileSync } from 'node:fs'
import { type Command, exitCodes, readArguments, UsageError } from './command.ts'
import { fileAt } from './files.ts'

const names = ['foyer', 'spacio', 'liondesk']

const help = `Prints the OpenAPI 3.1 document of this version of the gateway.

  foyer openapi > foyer.json           the contract, to generate a client from or to pin
  foyer openapi --out foyer.json       the same, into a file
  foyer openapi spacio                 that of an upstream: spacio or liondesk

A running gateway serves its own at /openapi.json.

  exit 0   done
       2   wrong usage, or the file cannot be written
`

const write = (path: string, text: string): void => {
  try {
    writeFileSync(path, text)
  } catch (error) {
    throw new UsageError(`--out: ${(error as Error).message}`)
  }
}

export const openapi: Command = {
  summary: 'the OpenAPI document of this version, or that of an upstream',
  help,
  run: ({ args, out }) => {
    const { values, positionals } = readArguments(args, { out: { type: 'string' }, json: { type: 'boolean' } }, true)
    const [name = 'foyer', ...others] = positionals
    if (!names.includes(name) || others.length > 0) throw new UsageError(`there is ${names.join(', ')}, one at a time`)
    const text = readFileSync(fileAt(`openapi/${name}.json`), 'utf8')
    if (values.out === undefined) out(text)
    else write(values.out, text)
    return exitCodes.done
  },
}
