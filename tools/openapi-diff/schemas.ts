/**
 * What breaks between two schemas. What a client sends must not be narrowed, what it receives must not be widened, and
 * no field that it reads may be missing.
 */
import { follow } from './references.ts'
import type { Change, Json, Sides } from './types.ts'

type Compare = (sides: Sides, was: Json, is: Json, at: string) => Change[]

/** `integer` is a kind of `number`. */
const typesOf = ({ type, const: constant, enum: values }: Json): ReadonlySet<unknown> | null => {
  const given = type ?? (constant !== undefined ? typeof constant : values === undefined ? undefined : 'string')
  return given === undefined ? null : new Set([given].flat())
}

const has = (types: ReadonlySet<unknown> | null, type: unknown): boolean =>
  types === null || types.has(type) || (type === 'integer' && types.has('number'))

/** Types of `some` that are none of `others`. */
const lacking = (some: ReadonlySet<unknown> | null, others: ReadonlySet<unknown> | null): unknown[] => {
  if (some === null) return others === null ? [] : ['any']
  return [...some].filter((type) => !has(others, type))
}

const valuesOf = ({ enum: values, const: constant }: Json): unknown[] | null => {
  if (constant !== undefined) return [constant]
  return Array.isArray(values) ? values : null
}

const valuesLacking = (some: unknown[] | null, others: unknown[] | null): unknown[] => {
  if (others === null) return []
  return some === null ? ['any other value'] : some.filter((value) => !others.includes(value))
}

const limits = [
  ...['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'].map((name) => ({ name, sign: 1 })),
  ...['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'].map((name) => ({ name, sign: -1 })),
]

const tightened = (was: Json, is: Json): string[] =>
  limits
    .filter(({ name, sign }) => {
      const [old, now] = [was[name], is[name]]
      return typeof now === 'number' && (typeof old !== 'number' || sign * now > sign * old)
    })
    .map(({ name }) => `${name} is ${is[name]}`)

const propertiesOf = ({ properties }: Json): Record<string, Json> => (properties ?? {}) as Record<string, Json>

const requiredOf = ({ required }: Json): string[] => (required ?? []) as string[]

const variantsOf = (schema: Json): Json[] => (schema.anyOf ?? schema.oneOf ?? []) as Json[]

const under = (at: string, name: string): string => `${at} ${name}`

/** The same comparison of what the schemas hold. */
const inside = (compare: Compare, sides: Sides, was: Json, is: Json, at: string): Change[] => {
  const fields = Object.entries(propertiesOf(was)).flatMap(([name, held]) => {
    const other = propertiesOf(is)[name]
    return other ? compare(sides, held, other, under(at, name)) : []
  })
  const items = was.items && is.items ? compare(sides, was.items as Json, is.items as Json, `${at}[]`) : []
  const [old, now] = [variantsOf(was), variantsOf(is)]
  const variants =
    old.length === now.length
      ? old.flatMap((variant, index) => compare(sides, variant, now[index] as Json, at))
      : [{ at, what: `${old.length} variants are ${now.length}` }]
  return [...fields, ...items, ...variants]
}

/** No schema of the documents holds itself, so that a walk through it ends. */
const resolved = ({ before, after }: Sides, was: Json, is: Json): [Json, Json] => [
  follow(before, was),
  follow(after, is),
]

/** Of what a client sends. */
export const narrowings: Compare = (sides, first, second, at) => {
  const [was, is] = resolved(sides, first, second)
  const told = (what: string): Change => ({ at, what })
  const gone = Object.keys(propertiesOf(was)).filter((name) => !propertiesOf(is)[name])
  const demanded = requiredOf(is).filter((name) => !requiredOf(was).includes(name))
  return [
    ...lacking(typesOf(was), typesOf(is)).map((type) => told(`type ${type} is not taken`)),
    ...valuesLacking(valuesOf(was), valuesOf(is)).map((value) => told(`${value} is not taken`)),
    ...tightened(was, is).map(told),
    ...(is.pattern !== undefined && is.pattern !== was.pattern ? [told('pattern differs')] : []),
    ...(is.format !== undefined && is.format !== was.format ? [told(`format is ${is.format}`)] : []),
    ...(is.additionalProperties === false ? gone : []).map((name) => told(`${name} is not taken`)),
    ...demanded.map((name) => told(`${name} is required`)),
    ...inside(narrowings, sides, was, is, at),
  ]
}

/** Of what a client receives. */
export const widenings: Compare = (sides, first, second, at) => {
  const [was, is] = resolved(sides, first, second)
  const told = (what: string): Change => ({ at, what })
  const gone = Object.keys(propertiesOf(was)).filter((name) => !propertiesOf(is)[name])
  const loose = requiredOf(was).filter((name) => propertiesOf(is)[name] && !requiredOf(is).includes(name))
  return [
    ...lacking(typesOf(is), typesOf(was)).map((type) => told(`may be ${type}`)),
    ...valuesLacking(valuesOf(is), valuesOf(was)).map((value) => told(`may be ${value}`)),
    ...(was.format !== undefined && is.format !== was.format ? [told(`format ${was.format} is gone`)] : []),
    ...gone.map((name) => told(`${name} is gone`)),
    ...loose.map((name) => told(`${name} may be missing`)),
    ...inside(widenings, sides, was, is, at),
  ]
}
