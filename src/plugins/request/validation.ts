import type { ErrorObject, ValidateFunction } from 'ajv'
import type { FastifySchemaValidationError } from 'fastify'
import type { FastifyValidationResult } from 'fastify/types/schema.js'
import fp from 'fastify-plugin'
import type { TSchema } from 'typebox'
import { idPatterns, query } from '#schemas/parameters.ts'
import { createSchemaValidator } from '#src/gateway/schema-validator.ts'
import { lazy } from '#src/lib/lazy.ts'
import { Problem, type ProblemFields } from '#src/problems.ts'
import { createPlaceholderIdError, placeholderIds, toBodyMessage, toParameterMessage } from './validation-messages.ts'

/**
 * Validates all input strictly. A route without a query schema accepts no query parameters.
 * @see https://fastify.dev/docs/latest/Reference/Validation-and-Serialization/
 */
export default fp(
  async (app) => {
    app.setValidatorCompiler<TSchema>(({ schema, httpPart }) => {
      const validate = getValidate(httpPart === 'headers' ? withLowerCaseNames(schema) : schema)
      if (httpPart === 'body') return createCheck(validate, [], [])
      return createCheck(validate, findNames(schema, isInteger), findNames(schema, isId))
    })
    app.addHook('onRoute', (route) => {
      if (route.schema?.hide) return
      route.schema = { querystring: query({}), ...route.schema }
    })
  },
  { name: 'validation' },
)

/** The number of schemas is fixed, so the whole process can share the compiled ones. */
const validates = new Map<string, () => ValidateFunction>()

// Most schemas contain no references, so the components are usually not compiled.
const getPlainValidator = lazy(() => createSchemaValidator([]))
const getFullValidator = lazy(() => createSchemaValidator())

/** A schema is compiled at the first request, to start faster. A test compiles all schemas. */
const getValidate = (schema: TSchema): (() => ValidateFunction) => {
  const key = JSON.stringify(schema)
  const validator = key.includes('"$ref":') ? getFullValidator : getPlainValidator
  const validate = validates.get(key) ?? lazy(() => validator().compile(schema))
  validates.set(key, validate)
  return validate
}

/** Node provides header names in lower case. */
const withLowerCaseNames = (schema: TSchema): TSchema => {
  const { properties = {} } = schema as { properties?: Record<string, TSchema> }
  const lowerCaseEntries = Object.entries(properties).map(([name, each]) => [name.toLowerCase(), each])
  return { ...schema, properties: Object.fromEntries(lowerCaseEntries) } as TSchema
}

type ParameterSchema = { type?: unknown; pattern?: string }

const findNames = (schema: TSchema, isWanted: (parameter: ParameterSchema) => boolean): string[] => {
  const { properties = {} } = schema as { properties?: Record<string, ParameterSchema> }
  return Object.keys(properties).filter((name) => isWanted(properties[name] as ParameterSchema))
}

const isInteger = ({ type }: ParameterSchema): boolean => type === 'integer'

const isId = ({ pattern }: ParameterSchema): boolean => pattern !== undefined && idPatterns.includes(pattern)

/**
 * Converts integers in the path and the query, which are text, and only in plain decimal notation (not ` 5`, `0x10` or
 * `1e3`). Rejects ids such as `undefined` before any upstream call.
 */
const createCheck = (
  validator: () => ValidateFunction,
  integers: readonly string[],
  ids: readonly string[],
): FastifyValidationResult => {
  const check: FastifyValidationResult = (parameters: Record<string, unknown>) => {
    for (const name of integers) {
      const value = parameters[name]
      if (typeof value === 'string' && plainDigits.test(value)) parameters[name] = Number(value)
    }
    const validate = validator()
    const isPlaceholder = (name: string): boolean => placeholderIds.has(parameters[name])
    if (validate(parameters) && !ids.some(isPlaceholder)) return true
    const missing = ids.filter(isPlaceholder).map((name) => createPlaceholderIdError(name, parameters[name]))
    check.errors = [...missing, ...(validate.errors ?? [])] as FastifySchemaValidationError[]
    return false
  }
  return check
}

/** At most 15 digits, which a number represents exactly. */
const plainDigits = /^(0|-?[1-9]\d{0,14})$/

const partNames: Record<string, string> = { querystring: 'query', params: 'path', body: 'body', headers: 'header' }

/**
 * Returns the problem of a request that failed validation: 422 if only values in the body are invalid, otherwise 400.
 */
export const toValidationProblem = (errors: FastifySchemaValidationError[], context = 'body'): Problem => {
  const part = partNames[context] ?? context
  const relevantErrors = (errors as ErrorObject[]).filter(({ keyword }) => keyword !== 'if')
  const isUnprocessable =
    part === 'body' && relevantErrors.every((error) => isReadOnly(error) || valueKeywords.has(error.keyword))
  const allErrors = removeDuplicates(
    relevantErrors.map((error) => ({ path: getErrorPath(part, error), message: toErrorMessage(error, part) })),
  )
  const listedErrors = allErrors.slice(0, maxErrors)
  const [first] = listedErrors
  const more = allErrors.length > maxErrors ? ` ${allErrors.length - maxErrors} more errors are not listed.` : ''
  const fields: ProblemFields = {
    errors: listedErrors,
    ...(first && { detail: `${part === 'body' ? first.path : getParameterName(first.path)} ${first.message}.${more}` }),
  }
  return new Problem(isUnprocessable ? 'unprocessable' : 'invalid-request', fields)
}

type ListedError = NonNullable<ProblemFields['errors']>[number]

/** Several keywords of a schema, such as `type` and `enum`, can have the same message. */
const removeDuplicates = (errors: readonly ListedError[]): ListedError[] => [
  ...new Map(errors.map((error) => [`${error.path} ${error.message}`, error])).values(),
]

/** A body of 16 KiB can contain thousands of errors. */
const maxErrors = 20

/** Returns the parameter's name as the client sent it. */
const getParameterName = (path: string): string => path.slice(path.indexOf('/') + 1)

/** Keywords that concern the value and not the type. */
const valueKeywords = new Set([
  'minLength',
  'maxLength',
  'pattern',
  'format',
  'minimum',
  'maximum',
  'multipleOf',
  'maxItems',
  'minItems',
  'x-web-url',
  'x-visible-text',
])

const getUnknownName = ({ keyword, params }: ErrorObject): string | undefined =>
  keyword === 'additionalProperties' ? String(params.additionalProperty) : undefined

const isReadOnly = (error: ErrorObject): boolean => {
  const readOnly = (error.parentSchema as { 'x-read-only'?: string[] } | undefined)?.['x-read-only'] ?? []
  const name = getUnknownName(error)
  return name !== undefined && readOnly.includes(name)
}

const getErrorPath = (part: string, error: ErrorObject): string => {
  const name =
    getUnknownName(error) ?? (error.keyword === 'required' ? String(error.params.missingProperty) : undefined)
  return [part + error.instancePath, name].filter((piece) => piece !== undefined).join('/')
}

const toErrorMessage = (error: ErrorObject, part: string): string => {
  if (isReadOnly(error)) return 'is read-only'
  if (getUnknownName(error) !== undefined)
    return part === 'body' ? 'is not a field of this object' : 'is not a parameter of this operation'
  return part === 'body' ? toBodyMessage(error) : toParameterMessage(error)
}
