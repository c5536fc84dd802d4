import draft7 from 'ajv/dist/refs/json-schema-draft-07.json' with { type: 'json' }
import { expect, test } from 'vitest'
import { components } from '#schemas/components.ts'
import { ClientsDocument, TenantsDocument } from '#src/config/config-files.ts'
import { createSchemaValidator } from '#src/gateway/schema-validator.ts'

test('each component is a JSON Schema: validators take that for granted', () => {
  const validator = createSchemaValidator().addMetaSchema(draft7)
  for (const component of components) {
    expect(validator.validateSchema(component), JSON.stringify(validator.errors)).toBe(true)
  }
  for (const document of [ClientsDocument, TenantsDocument]) expect(validator.validateSchema(document)).toBe(true)
  expect(validator.validateSchema({ type: 'object', properties: { a: { minimum: '1' } } })).toBe(false)
})
