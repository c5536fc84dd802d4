import { Ajv, type FuncKeywordDefinition } from 'ajv'
import addFormats from 'ajv-formats'
import type { TSchema } from 'typebox'
import { components } from '#schemas/components.ts'
import { hasVisibleCharacter } from '#src/lib/visible-text.ts'
import { isoTime } from '#src/mapping/codecs.ts'
import { isWebUrl } from '#src/mapping/url-codecs.ts'

/** Validates against the public schemas. It drops and converts nothing, and reports all errors. */
export const createSchemaValidator = (knownSchemas: readonly TSchema[] = components): Ajv => {
  const ajv = new Ajv({
    allErrors: true,
    allowUnionTypes: true,
    removeAdditional: false,
    useDefaults: true,
    // Error messages need `x-read-only` of the schema.
    verbose: true,
    keywords: ['x-read-only'],
    // A test validates the schemas; checking them here would slow down the start considerably.
    validateSchema: false,
    meta: false,
  })
  addFormats.default(ajv)
  ajv.addFormat('date-time', isMoment)
  ajv.removeKeyword('multipleOf')
  ajv.addKeyword({ keyword: 'multipleOf', type: 'number', schemaType: 'number', validate: isMultiple, errors: false })
  ajv.addKeyword(createTextKeyword('x-web-url', isWebUrl))
  ajv.addKeyword(createTextKeyword('x-visible-text', hasVisibleCharacter))
  return ajv.addSchema([...knownSchemas])
}

const createTextKeyword = (keyword: string, test: (text: string) => boolean): FuncKeywordDefinition => ({
  keyword,
  type: 'string',
  schemaType: 'boolean',
  validate: (_isRequired: boolean, text: string) => test(text),
  errors: false,
})

/**
 * Compares decimal digits, because in floating point 123456789.07 / 0.01 is not an integer. For steps of 1, 0.1, 0.01
 * and so on.
 */
const isMultiple = (step: number, value: number): boolean => {
  const places = String(step).split('.')[1]?.length ?? 0
  return Number(value.toFixed(places)) === value
}

const rfc3339 = /^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/

/** An existing calendar time in RFC 3339 with a UTC year from 1 to 9999. Leap seconds are not supported. */
const isMoment = (text: string): boolean => {
  const upper = text.toUpperCase()
  return rfc3339.test(upper) && typeof isoTime.decode(upper, () => {}) === 'string'
}
