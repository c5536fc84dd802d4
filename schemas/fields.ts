/** Building blocks of the public schemas. */
import { type Static, type TObject, type TSchema, type TUnsafe, Type } from 'typebox'

const createNullable =
  <Value>(type: string, keywords: Record<string, unknown> = {}) =>
  (description: string): TUnsafe<Value | null> =>
    Type.Unsafe<Value | null>({ type: [type, 'null'], ...keywords, description })

export const textOrNull = createNullable<string>('string')
export const integerOrNull = createNullable<number>('integer')
export const numberOrNull = createNullable<number>('number')
export const booleanOrNull = createNullable<boolean>('boolean')
export const timeOrNull = createNullable<string>('string', { format: 'date-time' })

export const text = (description: string) => Type.String({ description })
export const integer = (description: string) => Type.Integer({ description })
export const time = (description: string) => Type.String({ format: 'date-time', description })
/** One of a fixed set of strings. */
export const getOne = <const Word extends string>(words: readonly Word[], keywords: Record<string, unknown>) =>
  Type.Unsafe<Word>({ type: 'string', enum: words, ...keywords })

/** Text with at least one visible character. The keyword is stricter than the pattern, which any JSON Schema validator knows. */
export const visibleText = { pattern: '\\S', 'x-visible-text': true }

export const textList = (description: string) => Type.Array(Type.String(), { description })

/** A reference to a named component. */
export const ref = <S extends TSchema>(schema: S): TUnsafe<Static<S>> =>
  Type.Unsafe<Static<S>>({ $ref: `${getSchemaId(schema)}#` })

export const refOrNull = <S extends TSchema>(schema: S, description: string): TUnsafe<Static<S> | null> =>
  Type.Unsafe<Static<S> | null>({ anyOf: [{ $ref: `${getSchemaId(schema)}#` }, { type: 'null' }], description })

const getSchemaId = (schema: TSchema): string => {
  const id = (schema as { $id?: string }).$id
  if (!id) throw new TypeError('only a schema with an $id can be referred to')
  return id
}

/** A named component with an example. Serialization omits all fields that the component does not name. */
export const component = <P extends Record<string, TSchema>>(
  $id: string,
  description: string,
  properties: P,
  example: Record<string, unknown>,
): TObject<P> => Type.Object(properties, { $id, description, additionalProperties: false, examples: [example] })
