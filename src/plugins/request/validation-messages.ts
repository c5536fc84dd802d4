/**
 * Messages for invalid values, which follow the name of the value. A message never quotes a value, which may be
 * personal data.
 */
import type { ErrorObject } from 'ajv'
import { visibleText } from '#schemas/fields.ts'
import { patternDescriptions } from '#schemas/parameters.ts'

export const toBodyMessage = (error: ErrorObject): string => {
  if (error.keyword === 'type') return `must be ${[error.params.type].flat().join(' or ')}`
  if (error.keyword === 'const') return `must be ${JSON.stringify(error.params.allowedValue)}`
  if (error.keyword === 'enum') return `must be one of ${(error.params.allowedValues as unknown[]).join(', ')}`
  if (error.keyword === 'maxLength') return toLengthMessage(error)
  if (error.keyword === 'x-web-url') return 'must be a URL that begins with http:// or https://'
  if (error.keyword === 'x-visible-text' || error.params.pattern === visibleText.pattern)
    return 'must contain a visible character'
  if (error.keyword === 'pattern' || error.keyword === 'format')
    return `must be ${describeForm(error.parentSchema as ParameterSchema)}`
  return error.message ?? 'is not valid'
}

const toLengthMessage = ({ data, params }: ErrorObject): string =>
  `has ${[...String(data)].length} characters; at most ${params.limit} are allowed`

/**
 * Describes the expected form of a path, query or header parameter, with an example, and the kind of value received.
 */
export const toParameterMessage = (error: ErrorObject): string => {
  if (error.keyword === placeholderIdKeyword) return error.message as string
  if (error.keyword === 'required') return 'is required'
  if (error.keyword === 'maxLength' && !Array.isArray(error.data)) return toLengthMessage(error)
  return `must be ${describeForm(error.parentSchema as ParameterSchema)}; ${describeReceived(error)}`
}

interface ParameterSchema {
  type?: string
  format?: string
  pattern?: string
  enum?: readonly string[]
  const?: string
  minimum?: number
  maximum?: number
  default?: unknown
  examples?: readonly unknown[]
  description?: string
}

const describeForm = (schema: ParameterSchema): string => {
  const { pattern, format, type, enum: allowedValues } = schema
  if (schema.const !== undefined) return `"${schema.const}"`
  if (allowedValues) return listAllowed(allowedValues)
  if (format === 'date') return 'a calendar day, YYYY-MM-DD, such as 2026-11-30'
  if (format === 'date-time') return 'a time with a time zone, such as 2026-11-30T19:36:13Z'
  if (type === 'integer') return `a whole number${describeRange(schema)}${describeExample(schema)}`
  if (pattern === undefined) return 'a non-empty string'
  return patternDescriptions.get(pattern) ?? describeSortForm(pattern) ?? 'a string that matches the documented pattern'
}

/** Each list has its own pattern for `sort`. */
const describeSortForm = (pattern: string): string | null => {
  const fields = /^\^-\?\(([\w|]+)\)/.exec(pattern)?.[1]?.split('|')
  return fields
    ? `fields separated by commas, each with "-" before it for descending order, of ${fields.join(', ')}`
    : null
}

const describeRange = ({ minimum, maximum }: ParameterSchema): string =>
  minimum === undefined || maximum === undefined ? '' : ` from ${minimum} to ${maximum}`

const describeExample = ({ examples, default: defaultValue, minimum }: ParameterSchema): string => {
  const example = examples?.[0] ?? defaultValue ?? minimum
  return example === undefined ? '' : `, such as ${example}`
}

const describeReceived = ({ keyword, data, params, parentSchema }: ErrorObject): string => {
  if (Array.isArray(data)) return `it occurs ${data.length} times`
  if (keyword === 'minimum') return `it is less than ${params.limit}`
  if (keyword === 'maximum') return `it is more than ${params.limit}`
  if (typeof data === 'number') return 'it is a number'
  const text = String(data)
  if (text === '') return 'it is empty'
  if (placeholderIds.has(text)) return describePlaceholder(text)
  const { format, pattern = '' } = parentSchema as ParameterSchema
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text)
  if (format === 'date' && isDay) return 'the date does not exist'
  if (format === 'date' && /^\d{4}-\d{2}-\d{2}[T ]/.test(text)) return 'it contains a time of day'
  if (format === 'date-time' && isDay) return 'it has no time of day'
  const canContainPlus = format === 'date-time' || patternDescriptions.get(pattern)?.includes('e-mail') === true
  if (canContainPlus && /\S \S/.test(text)) return 'it contains a space (in a URL, write a plus sign as %2B)'
  return `it is a string of ${text.length} character${text.length === 1 ? '' : 's'}`
}

/** Strings that scripts send when a variable is empty. */
export const placeholderIds: ReadonlySet<unknown> = new Set(['null', 'undefined'])

const placeholderIdKeyword = 'x-no-id'

export const createPlaceholderIdError = (name: string, word: unknown): Partial<ErrorObject> => ({
  keyword: placeholderIdKeyword,
  instancePath: `/${name}`,
  params: {},
  message: `must be an id; ${describePlaceholder(word)}`,
})

const describePlaceholder = (word: unknown): string =>
  `it is the word "${word}", which scripts send when a variable is empty`

/** Values that contain commas are quoted, so that the list of them can be read. */
const listAllowed = (values: readonly string[]): string => {
  const needQuotes = values.length === 1 || values.some((value) => value.includes(','))
  const texts = needQuotes ? values.map((value) => `"${value}"`) : values
  return texts.length === 1 ? String(texts[0]) : `one of ${texts.join(', ')}`
}
