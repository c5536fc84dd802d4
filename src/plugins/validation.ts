import type { ErrorObject, ValidateFunction } from 'ajv'
import type { FastifySchemaValidationError } from 'fastify'
import type { FastifyValidationResult } from 'fastify/types/schema.js'
import fp from 'fastify-plugin'
import type { TSchema } from 'typebox'
import { query } from '#schemas/parameters.ts'
import { createValidator } from '#src/gateway/validator.ts'
import { late } from '#src/late.ts'
import { Problem, type ProblemFields } from '#src/problems.ts'

/** Strict validation of everything that comes in. A route without a query schema takes no query at all. */
export default fp(
  async (app) => {
    // Most schemas refer to none of the components: these are read when one does.
    const plain = late(() => createValidator([]))
    const whole = late(() => createValidator())
    app.setValidatorCompiler<TSchema>(({ schema, httpPart }) => {
      // Not at the start: a test holds that all of them can be compiled.
      const validate = late(() => {
        const validator = refersToOthers(schema) ? whole() : plain()
        return validator.compile(httpPart === 'headers' ? inLowerCase(schema) : schema)
      })
      return checking(validate, httpPart === 'body' ? [] : integersIn(schema))
    })
    app.addHook('onRoute', (route) => {
      if (route.schema?.hide) return
      route.schema = { querystring: query({}), ...route.schema }
    })
  },
  { name: 'validation' },
)

const refersToOthers = (schema: TSchema): boolean => JSON.stringify(schema).includes('"$ref":')

/** As Node gives the names of headers. */
const inLowerCase = (schema: TSchema): TSchema => {
  const { properties = {} } = schema as { properties?: Record<string, TSchema> }
  const lowered = Object.entries(properties).map(([name, each]) => [name.toLowerCase(), each])
  return { ...schema, properties: Object.fromEntries(lowered) } as TSchema
}

const integersIn = (schema: TSchema): string[] => {
  const { properties = {} } = schema as { properties?: Record<string, { type?: unknown }> }
  return Object.keys(properties).filter((name) => properties[name]?.type === 'integer')
}

/** Path and query are text: whole numbers are read out of plain digits, and of nothing else (` 5`, `0x10`, `1e3`). */
const checking = (validator: () => ValidateFunction, integers: readonly string[]): FastifyValidationResult => {
  const check: FastifyValidationResult = (parameters: Record<string, unknown>) => {
    for (const name of integers) {
      const value = parameters[name]
      if (typeof value === 'string' && plainDigits.test(value)) parameters[name] = Number(value)
    }
    const validate = validator()
    const isValid = validate(parameters)
    check.errors = validate.errors as FastifySchemaValidationError[]
    return isValid
  }
  return check
}

/** As many as a number carries exactly. */
const plainDigits = /^(0|-?[1-9]\d{0,14})$/

const partNames: Record<string, string> = { querystring: 'query', params: 'path', body: 'body', headers: 'header' }

/** The problem of a request that failed validation: 400, or 422 where only values of the body are not allowed. */
export const problemOfValidation = (errors: FastifySchemaValidationError[], context = 'body'): Problem => {
  const part = partNames[context] ?? context
  const found = (errors as ErrorObject[]).filter(({ keyword }) => keyword !== 'if')
  const isUnprocessable =
    part === 'body' && found.every((error) => isReadOnly(error) || valueKeywords.has(error.keyword))
  const fields: ProblemFields = {
    errors: found.map((error) => ({ path: pathOf(part, error), message: messageOf(error, part) })),
  }
  const [first] = fields.errors ?? []
  return new Problem(isUnprocessable ? 'unprocessable' : 'invalid-request', {
    ...fields,
    ...(first && { detail: `${first.path} ${first.message}.` }),
  })
}

/** The value has the right type but lies outside what is allowed. */
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
])

const unknownName = ({ keyword, params }: ErrorObject): string | undefined =>
  keyword === 'additionalProperties' ? String(params.additionalProperty) : undefined

const isReadOnly = (error: ErrorObject): boolean => {
  const readOnly = (error.parentSchema as { 'x-read-only'?: string[] } | undefined)?.['x-read-only'] ?? []
  const name = unknownName(error)
  return name !== undefined && readOnly.includes(name)
}

const pathOf = (part: string, error: ErrorObject): string => {
  const name = unknownName(error) ?? (error.keyword === 'required' ? String(error.params.missingProperty) : undefined)
  return [part + error.instancePath, name].filter((piece) => piece !== undefined).join('/')
}

const messageOf = (error: ErrorObject, part: string): string => {
  if (isReadOnly(error)) return 'is read-only'
  if (unknownName(error) !== undefined)
    return part === 'body' ? 'is not a field of this object' : 'is not a parameter of this operation'
  if (error.keyword === 'type') return `must be ${[error.params.type].flat().join(' or ')}`
  if (error.keyword === 'const') return `must be ${JSON.stringify(error.params.allowedValue)}`
  if (error.keyword === 'enum') return `must be one of ${(error.params.allowedValues as unknown[]).join(', ')}`
  if (error.keyword === 'maxLength') {
    return `has ${[...String(error.data)].length} characters; at most ${error.params.limit} are allowed`
  }
  if (error.keyword === 'pattern' && error.params.pattern === '\\S') return 'must hold a visible character'
  if (error.keyword === 'pattern') return 'does not have the form that the documentation shows'
  return error.message ?? 'is not valid'
}
