/** Query parameters that filter and sort a list. */
import { type TSchema, Type } from 'typebox'

const integerPattern = '(0|-?[1-9][0-9]{0,14})'
export const integersPattern = `^${integerPattern}(,${integerPattern})*$`

// Optional parameters have no examples, because Swagger UI would fill them in and send every filter.
const filterText = (description: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 2000, description }))

const filterIntegers = (description: string) =>
  Type.Optional(Type.String({ maxLength: 2000, pattern: integersPattern, description }))

const filterNumber = (description: string) => Type.Optional(Type.Integer({ description }))

type Filters<Name extends string, Equal extends TSchema> = { [Key in Name]: Equal } & {
  [Key in `${Name}[ne]`]: Equal
} & { [Key in `${Name}[in]` | `${Name}[nin]`]: ReturnType<typeof filterText> }

const createEqualityFilters = <Name extends string, Equal extends TSchema>(
  name: Name,
  fieldName: string,
  equal: (description: string) => Equal,
  list: typeof filterText,
) =>
  ({
    [name]: equal(`Matches if the ${fieldName} equals this value.`),
    [`${name}[ne]`]: equal(`Matches if the ${fieldName} differs from this value or is absent.`),
    [`${name}[in]`]: list(`Matches if the ${fieldName} is one of these comma-separated values, at most 20.`),
    [`${name}[nin]`]: list(
      `Matches if the ${fieldName} is absent or differs from all of these comma-separated values, at most 20.`,
    ),
  }) as Filters<Name, Equal>

/** Creates equality filters for a text field: `name`, `name[ne]`, `name[in]`, `name[nin]`. */
export const createTextFilters = <Name extends string>(name: Name, fieldName: string) =>
  createEqualityFilters(name, fieldName, filterText, filterText)

/** Creates the same filters for an integer field. */
export const createIntegerFilters = <Name extends string>(name: Name, fieldName: string) =>
  createEqualityFilters(name, fieldName, filterNumber, filterIntegers)

/** Returns the fields of filters, without those with an operator. */
export const listFilterFields = (filters: object): readonly string[] =>
  Object.keys(filters).filter((name) => !name.includes('['))

/** Creates the `sort` parameter, such as `sort=-listPrice,city`; a minus sign sorts in descending order. */
export const createSort = (fields: readonly string[], example: string) =>
  Type.Optional(
    Type.String({
      maxLength: 200,
      pattern: `^-?(${fields.join('|')})(,-?(${fields.join('|')}))*$`,
      description: `Order of the list, e.g. \`${example}\`. A \`-\` before a field sorts in descending order. Fields: ${fields.join(', ')}.`,
    }),
  )
