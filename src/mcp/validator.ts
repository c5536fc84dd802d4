import type { jsonSchemaValidator } from '@modelcontextprotocol/server'
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

/** Describes a validation error without quoting the value, which may be personal data. */
const toErrorMessage = ({ instancePath, keyword, params, message }: ErrorObject): string => {
  const name = instancePath.slice(1)
  if (keyword === 'additionalProperties') return `${params.additionalProperty} is not an argument of this tool`
  if (keyword === 'required') return `${params.missingProperty} is required`
  if (keyword === 'pattern') return `${name} does not match the required pattern`
  if (keyword === 'enum') return `${name} must be one of ${(params.allowedValues as unknown[]).join(', ')}`
  return `${name} ${message}`.trim()
}

/** Validates arguments and results against the schemas of the tools, as strictly as the REST routes. */
export const createValidator = (): jsonSchemaValidator => {
  // The REST route, which a tool calls, tests `x-visible-text`.
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, keywords: ['x-visible-text'] })
  addFormats.default(ajv)
  return {
    getValidator: <Value>(schema: object) => {
      const validate = ajv.compile<Value>(schema)
      return (value: unknown) => {
        if (validate(value)) return { valid: true, data: value, errorMessage: undefined }
        const errorMessage = (validate.errors ?? []).slice(0, 5).map(toErrorMessage).join('; ')
        return { valid: false, data: undefined, errorMessage }
      }
    },
  }
}
