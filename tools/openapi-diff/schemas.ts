/**
 * Compares schemas. A request schema must not become narrower, a response schema must not become wider, and no field of
 * a response may disappear.
 */
import { follow } from './references.ts'
import type { Change, Json, Sides } from './types.ts'

type Compare = (sides: Sides, was: Json, is: Json, at: string) => Change[]

/** Returns the types of a schema, or null if it allows any type. */
const listTypes = ({ type, const: constant, enum: values }: Json): ReadonlySet<unknown> | null => {
  const givenTypes = type ?? (constant !== undefined ? typeof constant : values === undefined ? undefined : 'string')
  return givenTypes === undefined ? null : new Set([givenTypes].flat())
}

const hasType = (types: ReadonlySet<unknown> | null, type: unknown): boolean =>
  types === null || types.has(type) || (type === 'integer' && types.has('number'))

/** Returns the types of `some` that `others` does not allow. `integer` is a kind of `number`. */
const listMissing = (some: ReadonlySet<unknown> | null, others: ReadonlySet<unknown> | null): unknown[] => {
  if (some === null) return others === null ? [] : ['any']
  return [...some].filter((type) => !hasType(others, type))
}

const listValues = ({ enum: values, const: constant }: Json): unknown[] | null => {
  if (constant !== undefined) return [constant]
  return Array.isArray(values) ? values : null
}

const listMissingValues = (some: unknown[] | null, others: unknown[] | null): unknown[] => {
  if (others === null) return []
  return some === null ? ['any other value'] : some.filter((value) => !others.includes(value))
}

const limits = [
  ...['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'].map((name) => ({ name, sign: 1 })),
  ...['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'].map((name) => ({ name, sign: -1 })),
]

const findTightenedLimits = (was: Json, is: Json): string[] =>
  limits
    .filter(({ name, sign }) => {
      const [old, now] = [was[name], is[name]]
      return typeof now === 'number' && (typeof old !== 'number' || sign * now > sign * old)
    })
    .map(({ name }) => `${name} is ${is[name]}`)

const getProperties = ({ properties }: Json): Record<string, Json> => (properties ?? {}) as Record<string, Json>

const getRequired = ({ required }: Json): string[] => (required ?? []) as string[]

const getVariants = (schema: Json): Json[] => (schema.anyOf ?? schema.oneOf ?? []) as Json[]

const joinPath = (at: string, name: string): string => `${at} ${name}`

/** Compares properties, items and variants recursively. */
const compareInside = (compare: Compare, sides: Sides, was: Json, is: Json, at: string): Change[] => {
  const fields = Object.entries(getProperties(was)).flatMap(([name, property]) => {
    const other = getProperties(is)[name]
    return other ? compare(sides, property, other, joinPath(at, name)) : []
  })
  const items = was.items && is.items ? compare(sides, was.items as Json, is.items as Json, `${at}[]`) : []
  const [old, now] = [getVariants(was), getVariants(is)]
  const variants =
    old.length === now.length
      ? old.flatMap((variant, index) => compare(sides, variant, now[index] as Json, at))
      : [{ at, what: `${old.length} variants became ${now.length}` }]
  return [...fields, ...items, ...variants]
}

/** The documents contain no recursive schemas, so the comparison terminates. */
const resolveSides = ({ before, after }: Sides, was: Json, is: Json): [Json, Json] => [
  follow(before, was),
  follow(after, is),
]

/** Finds changes in a request schema. */
export const findNarrowings: Compare = (sides, first, second, at) => {
  const [was, is] = resolveSides(sides, first, second)
  const toChange = (what: string): Change => ({ at, what })
  const removed = Object.keys(getProperties(was)).filter((name) => !getProperties(is)[name])
  const newlyRequired = getRequired(is).filter((name) => !getRequired(was).includes(name))
  return [
    ...listMissing(listTypes(was), listTypes(is)).map((type) => toChange(`type ${type} is no longer accepted`)),
    ...listMissingValues(listValues(was), listValues(is)).map((value) => toChange(`${value} is no longer accepted`)),
    ...findTightenedLimits(was, is).map(toChange),
    ...(is.pattern !== undefined && is.pattern !== was.pattern ? [toChange('pattern differs')] : []),
    ...(is.format !== undefined && is.format !== was.format ? [toChange(`format is ${is.format}`)] : []),
    ...(is.additionalProperties === false ? removed : []).map((name) => toChange(`${name} is no longer accepted`)),
    ...newlyRequired.map((name) => toChange(`${name} is required`)),
    ...compareInside(findNarrowings, sides, was, is, at),
  ]
}

/** Finds changes in a response schema. */
export const findWidenings: Compare = (sides, first, second, at) => {
  const [was, is] = resolveSides(sides, first, second)
  const toChange = (what: string): Change => ({ at, what })
  const removed = Object.keys(getProperties(was)).filter((name) => !getProperties(is)[name])
  const newlyOptional = getRequired(was).filter((name) => getProperties(is)[name] && !getRequired(is).includes(name))
  return [
    ...listMissing(listTypes(is), listTypes(was)).map((type) => toChange(`may be ${type}`)),
    ...listMissingValues(listValues(is), listValues(was)).map((value) => toChange(`may be ${value}`)),
    ...(was.format !== undefined && is.format !== was.format ? [toChange(`format ${was.format} was removed`)] : []),
    ...removed.map((name) => toChange(`${name} was removed`)),
    ...newlyOptional.map((name) => toChange(`${name} may be missing`)),
    ...compareInside(findWidenings, sides, was, is, at),
  ]
}
