/** `tsc` checks this file; it is not run. A mapping table that does not fit its schema must not type-check. */
import { Type } from 'typebox'
import { integer, text } from '#src/mapping/codecs.ts'
import { defineMapping } from '#src/mapping/mapping.ts'

const nullableText = Type.Unsafe<string | null>({ type: ['string', 'null'] })
const Thing = Type.Object({ id: nullableText, name: nullableText })

const id = { from: 'i', codec: text, reso: null } as const
const name = { from: 'n', codec: text, reso: null } as const

export const fits = defineMapping('fits', Thing, { id, name })

// @ts-expect-error misses `name`
export const misses = defineMapping('misses', Thing, { id })

// @ts-expect-error `size` is no field of the schema
export const unknown = defineMapping('unknown', Thing, { id, name, size: { from: 's', codec: text, reso: null } })

export const twice = defineMapping('twice', Thing, {
  // biome-ignore lint/suspicious/noDuplicateObjectKeys: this is what must not type-check
  id,
  name,
  // @ts-expect-error names `id` twice
  id,
})

// @ts-expect-error a number for a text
export const wrongType = defineMapping('wrongType', Thing, { id, name: { from: 'n', codec: integer, reso: null } })

// @ts-expect-error no RESO name, not even null
export const silent = defineMapping('silent', Thing, { id, name: { from: 'n', codec: text } })

const Required = Type.Object({ id: Type.String() })

// @ts-expect-error a codec that may come empty for a field that may not
export const maybeEmpty = defineMapping('maybeEmpty', Required, { id })
