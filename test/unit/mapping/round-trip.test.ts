/** For every value that the schema allows, `decode(encode(x))` is x. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EventPropertyPatch, maxPhotoUrlsLength } from '#schemas/event-property.ts'
import { getJoinedLength } from '#src/gateway/prefill.ts'
import { createSchemaValidator } from '#src/gateway/schema-validator.ts'
import { hasVisibleCharacter } from '#src/lib/visible-text.ts'
import { eventPropertyMapping } from '#src/upstreams/liondesk/mapping.ts'
import { createRunOptions } from '../../support/properties.ts'

interface Limits {
  type: [string, 'null']
  minimum?: number
  maximum?: number
  maxLength?: number
  multipleOf?: number
  format?: string
  'x-web-url'?: boolean
}

const moments = fc
  .tuple(
    fc.date({ min: new Date('0001-01-02T00:00:00Z'), max: new Date('9999-12-30T00:00:00Z'), noInvalidDate: true }),
    fc.constantFrom('Z', '+05:30', '-11:00'),
  )
  .map(([date, zone]) => date.toISOString().replace('Z', zone))

const photos = fc
  .array(fc.webUrl({ withQueryParameters: true, size: 'small' }), { maxLength: 5 })
  .filter((urls) => getJoinedLength(urls) <= maxPhotoUrlsLength)

/** Generates valid values of a field from its limits. */
const getValues = ({
  type: [type],
  minimum = 0,
  maximum = 0,
  maxLength = 300,
  multipleOf,
  format,
  'x-web-url': isUrl,
}: Limits): fc.Arbitrary<any> => {
  if (format === 'date-time') return moments
  if (type === 'array') return photos
  if (isUrl) return fc.webUrl({ withQueryParameters: true, size: 'small' }).filter((url) => url.length <= maxLength)
  if (type === 'string')
    return fc
      .string({ minLength: 1, maxLength, unit: 'binary' })
      .filter((text) => hasVisibleCharacter(text) && [...text].length <= maxLength)
  if (type === 'integer') return fc.integer({ min: minimum, max: maximum })
  if (multipleOf) return fc.integer({ min: minimum, max: maximum * 100 }).map((hundredths) => hundredths / 100)
  return fc.double({ min: minimum, max: maximum, noNaN: true })
}

/** The canonical form of a value. */
const canonical = (value: unknown, { format }: Limits): unknown => {
  if (format === 'date-time') return new Date(value as string).toISOString().replace('.000Z', 'Z')
  if (Array.isArray(value)) return value.map((url: string) => url.replaceAll(',', '%2C'))
  return value === 0 ? 0 : value
}

const fields = Object.entries(EventPropertyPatch.properties as unknown as Record<string, Limits>)
const isValid = createSchemaValidator().compile(EventPropertyPatch)

test.for(fields)('%s', ([field, limits]) => {
  fc.assert(
    fc.property(getValues(limits), (value) => {
      expect([isValid({ [field]: value }), isValid.errors]).toEqual([true, null])
      const wire = eventPropertyMapping.encode({ [field]: value })
      const drifted: string[] = []
      const read = eventPropertyMapping.decode(JSON.parse(JSON.stringify(wire)), (_, name) => drifted.push(name))
      expect(read?.[field as keyof typeof read]).toEqual(canonical(value, limits))
      expect(drifted).toEqual([])
      for (const text of Object.values(wire)) expect(text === null || typeof text === 'string').toBe(true)
    }),
    createRunOptions(200),
  )
})

test('every field that the mapping can write is in the schema, and no other', () => {
  const writable = eventPropertyMapping.fields.filter(({ writable }) => writable).map(({ field }) => field)
  expect(writable.toSorted()).toEqual(fields.map(([field]) => field).toSorted())
})
