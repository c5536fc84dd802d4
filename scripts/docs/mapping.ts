import type { MappedField } from '#src/mapping/mapping.ts'
import { type MappingTable, mappingTables } from '#src/upstreams/index.ts'
import { operationTexts } from '../openapi/spacio-operations.ts'
import { codecDescriptions, describeName, toAnchor } from './codecs.ts'

const introduction = `
# Mappings

This page shows the source of each field of the API. It is generated from the mapping tables that the gateway uses. A running
gateway returns them as data at \`GET /mappings\`. \`openapi/foyer.json\` repeats them for each field as \`x-source\` and \`x-reso\`.

- If a field has no wire field, the record does not contain it. The gateway takes the value from the request, computes it, or
  returns \`null\` (\`[]\` for a list).
- A missing key, \`null\` and \`""\` always mean that there is no value. An unreadable value also becomes \`null\`, and counts as
  drift at \`GET /upstreams\`. If a *required* value is missing or unreadable, the gateway cannot use the record.
- "reads" means that the gateway only decodes the field. "both ways" means that a client can also write it.
- RESO names are the names of the RESO Data Dictionary.

## Tables

`.trimStart()

const contents = mappingTables.map(({ name, schema }) => `- [${name}](#${toAnchor(name)}) → \`${schema}\``).join('\n')

const formatCode = (text: string | null): string => (text === null ? '' : `\`${text}\``)

const formatRow = ({ field, from, codec, reso, writable }: MappedField): string => {
  const direction = from === null ? '' : writable ? 'both ways' : 'reads'
  return `| \`${field}\` | ${formatCode(from)} | ${codec === null ? '' : describeName(codec)} | ${direction} | ${formatCode(reso)} |`
}

const liondeskOperations: Record<string, string> = {
  'liondesk.eventProperty': 'event properties: find, get, create, patch',
  'liondesk.event': 'events: find, get',
  'liondesk.contact': 'contacts: find, get',
}

/** Lists the upstream operations whose records a table reads. It is empty for tables of nested records. */
const listOperations = (table: string): string[] =>
  liondeskOperations[table] !== undefined
    ? [liondeskOperations[table]]
    : Object.entries(operationTexts).flatMap(([name, { mapping }]) => (mapping?.name === table ? [`\`${name}\``] : []))

const describeSources = (table: string): string => {
  const operations = listOperations(table)
  return operations.length > 0 ? ` It decodes the records of ${operations.join(', ')}.` : ''
}

const formatSection = ({ name, schema, fields }: MappingTable): string =>
  [
    `\n## ${name}\n`,
    `This table produces \`${schema}\`.${describeSources(name)}\n`,
    '| field | wire field | read as | direction | RESO |',
    '|---|---|---|---|---|',
    ...fields.map(formatRow),
    '',
  ].join('\n')

const formatJson = (value: unknown): string => `\`${JSON.stringify(value)}\``

const noop = (): void => {}

const codecRows = codecDescriptions.map(({ codec, description, samples }) => {
  const read = samples.map((sample) => `${formatJson(sample)} → ${formatJson(codec.decode(sample, noop))}`)
  return `| ${codec.name} | ${description} | ${read.join('<br>')} |`
})

const codecSection = [
  '\n## How values are read\n',
  '| codec | meaning | examples |',
  '|---|---|---|',
  ...codecRows,
  '',
].join('\n')

/** Returns the page of the mapping tables. */
export const renderMappingPage = (): string =>
  `${introduction}${contents}\n${mappingTables.map(formatSection).join('')}${codecSection}`
