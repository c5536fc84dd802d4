/** What is wrong with a value, in words that follow its name. A value is never repeated: it may be personal. */
import type { ErrorObject } from 'ajv'
import { patternForms } from '#schemas/parameters.ts'

export const messageOfBody = (error: ErrorObject): string => {
  if (error.keyword === 'type') return `must be ${[error.params.type].flat().join(' or ')}`
  if (error.keyword === 'const') return `must be ${JSON.stringify(error.params.allowedValue)}`
  if (error.keyword === 'enum') return `must be one of ${(error.params.allowedValues as unknown[]).join(', ')}`
  if (error.keyword === 'maxLength') return tooLong(error)
  if (error.keyword === 'pattern' && error.params.pattern === '\\S') return 'must hold a visible character'
  if (error.keyword === 'pattern') return 'does not have the form that the documentation shows'
  return error.message ?? 'is not valid'
}

const tooLong = ({ data, params }: ErrorObject): string =>
  `has ${[...String(data)].length} characters; at most ${params.limit} are allowed`

/** Of the path, the query or a header: what is expected, with an example, and what kind of value was received. */
export const messageOfParameter = (error: ErrorObject): string => {
  if (error.keyword === noIdKeyword) return error.message as string
  if (error.keyword === 'required') return 'is required'
  if (error.keyword === 'maxLength' && !Array.isArray(error.data)) return tooLong(error)
  return `must be ${formOf(error.parentSchema as ParameterSchema)}; ${receivedOf(error)}`
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

const formOf = (schema: ParameterSchema): string => {
  const { pattern, format, type, enum: words } = schema
  if (schema.const !== undefined) return `"${schema.const}"`
  if (words) return words.length === 1 ? `"${words[0]}"` : `one of ${words.join(', ')}`
  if (format === 'date') return 'a calendar day, YYYY-MM-DD, such as 2026-11-30'
  if (type === 'integer') return `a whole number${rangeOf(schema)}${exampleOf(schema)}`
  if (pattern === undefined) return 'a text that is not empty'
  return patternForms.get(pattern) ?? sortFormOf(pattern) ?? 'of the form that the documentation shows'
}

/** Each list has a pattern of its own for `sort`. */
const sortFormOf = (pattern: string): string | null => {
  const fields = /^\^-\?\(([\w|]+)\)/.exec(pattern)?.[1]?.split('|')
  return fields ? `fields separated by commas, each with "-" before it to descend, of ${fields.join(', ')}` : null
}

const rangeOf = ({ minimum, maximum }: ParameterSchema): string =>
  minimum === undefined || maximum === undefined ? '' : ` from ${minimum} to ${maximum}`

const exampleOf = ({ examples, default: usual, minimum }: ParameterSchema): string => {
  const example = examples?.[0] ?? usual ?? minimum
  return example === undefined ? '' : `, such as ${example}`
}

const receivedOf = ({ keyword, data, params, parentSchema }: ErrorObject): string => {
  if (Array.isArray(data)) return `it is given ${data.length} times`
  if (keyword === 'minimum') return `it is less than ${params.limit}`
  if (keyword === 'maximum') return `it is more than ${params.limit}`
  if (typeof data === 'number') return 'it is a number'
  const text = String(data)
  if (text === '') return 'it is empty'
  if (noIds.has(text)) return wordOf(text)
  if (keyword === 'format' && /^\d{4}-\d{2}-\d{2}$/.test(text)) return 'the calendar does not have this day'
  if (keyword === 'format' && /^\d{4}-\d{2}-\d{2}[T ]/.test(text)) return 'it holds a time of day'
  const isAddress = patternForms.get((parentSchema as ParameterSchema).pattern ?? '')?.includes('e-mail') === true
  if (isAddress && /\S \S/.test(text)) return 'it holds a blank (in a URL, write a plus sign as %2B)'
  return `it is a text of ${text.length} characters`
}

/** What scripts make of a variable without a value. */
export const noIds: ReadonlySet<unknown> = new Set(['null', 'undefined'])

const noIdKeyword = 'x-no-id'

export const noIdError = (name: string, word: unknown): Partial<ErrorObject> => ({
  keyword: noIdKeyword,
  instancePath: `/${name}`,
  params: {},
  message: `must be an id; ${wordOf(word)}`,
})

const wordOf = (word: unknown): string => `it is the word "${word}", which scripts send when a variable holds no value`
