import type { MappedField } from '#src/mapping/define.ts'
import { type MappingTable, mappingTables } from '#src/upstreams/index.ts'
import { operationTexts } from '../openapi/spacio-operations.ts'
import { anchorOf, inWords, readings } from './codecs.ts'

const introduction = `
# Mappings

Where each field of the API comes from. This page is made from the very tables that the gateway works by; a running one
serves them as data at \`GET /mappings\`, and \`openapi/foyer.json\` repeats them at each field as \`x-source\` and \`x-reso\`.

- A field without a wire field is not in that record: the gateway knows it from the request, computes it, or says \`null\`
  (\`[]\` for a list).
- A missing key, \`null\` and \`""\` are always no value. A value that cannot be read becomes none as well, and is counted at
  \`GET /upstreams\` as drift; without a *required* one the record cannot be used.
- "reads" means wire → API only, "both ways" that the field can be written, too.
- RESO names are those of the Data Dictionary.

## Tables

`.trimStart()

const contents = mappingTables.map(({ name, schema }) => `- [${name}](#${anchorOf(name)}) → \`${schema}\``).join('\n')

const code = (text: string | null): string => (text === null ? '' : `\`${text}\``)

const rowOf = ({ field, from, codec, reso, writable }: MappedField): string => {
  const direction = from === null ? '' : writable ? 'both ways' : 'reads'
  return `| \`${field}\` | ${code(from)} | ${codec === null ? '' : inWords(codec)} | ${direction} | ${code(reso)} |`
}

/** The upstream's operations whose records a table reads; none for tables of nested records. */
const operationsOf = (table: string): string[] =>
  table.startsWith('liondesk.')
    ? ['event properties: find, get, create, patch']
    : Object.entries(operationTexts).flatMap(([name, { mapping }]) => (mapping?.name === table ? [`\`${name}\``] : []))

const readFrom = (table: string): string => {
  const operations = operationsOf(table)
  return operations.length > 0 ? ` Of ${operations.join(', ')}.` : ''
}

const sectionOf = ({ name, schema, fields }: MappingTable): string =>
  [
    `\n## ${name}\n`,
    `Gives \`${schema}\`.${readFrom(name)}\n`,
    '| field | wire field | read as | direction | RESO |',
    '|---|---|---|---|---|',
    ...fields.map(rowOf),
    '',
  ].join('\n')

const json = (value: unknown): string => `\`${JSON.stringify(value)}\``

const ignore = (): void => {}

const codecRows = readings.map(({ codec, words, samples }) => {
  const read = samples.map((sample) => `${json(sample)} → ${json(codec.decode(sample, ignore))}`)
  return `| ${codec.name} | ${words} | ${read.join('<br>')} |`
})

const howValuesAreRead = ['\n## How values are read\n', '| | | examples |', '|---|---|---|', ...codecRows, ''].join(
  '\n',
)

/** The mapping tables as a page. */
export const mappingPage = (): string =>
  `${introduction}${contents}\n${mappingTables.map(sectionOf).join('')}${howValuesAreRead}`
