import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import type { TSchema } from 'typebox'
import { components } from '#schemas/components.ts'
import { isoTime } from '#src/mapping/codecs.ts'

/** The one reading of the public schemas: nothing is dropped, nothing converted, every fault is named. */
export const createSchemaValidator = (knownSchemas: readonly TSchema[] = components): Ajv => {
  const ajv = new Ajv({
    allErrors: true,
    allowUnionTypes: true,
    removeAdditional: false,
    useDefaults: true,
    // Whoever words an error reads `x-read-only` of the schema that it is about.
    verbose: true,
    keywords: ['x-read-only'],
    // A test holds that they are schemas; to find it out anew takes a good part of the start.
    validateSchema: false,
    meta: false,
  })
  addFormats.default(ajv)
  ajv.addFormat('date-time', isMoment)
  ajv.removeKeyword('multipleOf')
  ajv.addKeyword({ keyword: 'multipleOf', type: 'number', schemaType: 'number', validate: isMultiple, errors: false })
  return ajv.addSchema([...knownSchemas])
}

/** By decimal digits: to a computer 123456789.07 / 0.01 is no whole number. For steps of 1, 0.1, 0.01… */
const isMultiple = (step: number, value: number): boolean => {
  const places = String(step).split('.')[1]?.length ?? 0
  return Number(value.toFixed(places)) === value
}

const rfc3339 = /^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/

/** RFC 3339, and a moment that the calendar has and that lies in the years 1 to 9999 of UTC. Without leap seconds. */
const isMoment = (text: string): boolean => {
  const upper = text.toUpperCase()
  return rfc3339.test(upper) && typeof isoTime.decode(upper, () => {}) === 'string'
}
