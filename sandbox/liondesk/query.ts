import { BadRequest } from '@feathersjs/errors'
import { fields as eventPropertyFields, type FieldTable } from './fields.ts'
import type { LionDeskSettings } from './settings.ts'

type Comparable = string | number | null
type Value = string | number | null
type Test = (value: Value) => boolean
type Rules = Pick<LionDeskSettings, 'sqlNulls' | 'ignoreCase'>
type ToComparable = (value: unknown) => Comparable

/** Compares numeric texts as numbers and times as instants. */
function createComparison(fields: FieldTable, name: string, ignoreCase = false): ToComparable {
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined
  if (field === undefined) throw new BadRequest(`Unknown field ${name}`)
  return (value) => {
    if (value === null || value === undefined) return null
    if (field.kind === 'text') return ignoreCase ? String(value).toLowerCase() : String(value)
    return field.kind === 'moment' ? Date.parse(String(value)) : Number(value)
  }
}

function toComparableList(name: string, operator: string, operand: unknown, toComparable: ToComparable): Comparable[] {
  if (!Array.isArray(operand)) throw new BadRequest(`${operator} of ${name} is not an array`)
  return operand.map(toComparable)
}

function createOperatorTest(
  name: string,
  operator: string,
  operand: unknown,
  toComparable: ToComparable,
  sqlNulls: boolean,
) {
  const isUnknown = (value: Value): boolean => sqlNulls && value === null
  switch (operator) {
    case '$ne': {
      const unwanted = toComparable(operand)
      return (value: Value) => !isUnknown(value) && toComparable(value) !== unwanted
    }
    case '$in': {
      const expected = toComparableList(name, operator, operand, toComparable)
      return (value: Value) => expected.includes(toComparable(value))
    }
    case '$nin': {
      const unwanted = toComparableList(name, operator, operand, toComparable)
      return (value: Value) => !isUnknown(value) && !unwanted.includes(toComparable(value))
    }
    default:
      throw new BadRequest(`Invalid query parameter ${operator}`)
  }
}

function createFieldTest(fields: FieldTable, name: string, condition: unknown, { sqlNulls, ignoreCase }: Rules): Test {
  const toComparable = createComparison(fields, name, ignoreCase)
  if (Array.isArray(condition)) throw new BadRequest(`${name} takes a single value`)
  if (typeof condition !== 'object' || condition === null) {
    const expected = toComparable(condition)
    return (value) => toComparable(value) === expected
  }
  const tests = Object.entries(condition).map(([operator, operand]) =>
    createOperatorTest(name, operator, operand, toComparable, sqlNulls),
  )
  return (value) => tests.every((test) => test(value))
}

export function createMatcher(query: Record<string, unknown>, rules: Rules, fields = eventPropertyFields) {
  const tests = Object.entries(query).map(([name, condition]) => ({
    name,
    test: createFieldTest(fields, name, condition, rules),
  }))
  return (record: Readonly<Record<string, Value>>): boolean =>
    tests.every(({ name, test }) => test(record[name] ?? null))
}

function compare(left: Comparable, right: Comparable): number {
  if (left === right) return 0
  if (left === null) return -1
  if (right === null) return 1
  return left < right ? -1 : 1
}

interface Row extends Readonly<Record<string, Value>> {
  readonly id: string | number
}

export function createSorter(sort: unknown, { order }: Pick<LionDeskSettings, 'order'>, fields = eventPropertyFields) {
  if (typeof sort !== 'object' || sort === null || Array.isArray(sort)) throw new BadRequest('Invalid $sort')
  const keys = Object.entries(sort).map(([name, direction]) => {
    const toComparable = createComparison(fields, name)
    if (direction !== 1 && direction !== -1) throw new BadRequest(`$sort[${name}] must be 1 or -1`)
    return { name, direction, toComparable }
  })
  const getPosition = order === 'stable' ? () => 0 : createPositions()
  return (left: Row, right: Row): number => {
    for (const { name, direction, toComparable } of order === 'varies' ? [] : keys) {
      const difference = compare(toComparable(left[name]), toComparable(right[name]))
      if (difference !== 0) return difference * direction
    }
    return getPosition(left) - getPosition(right)
  }
}

/** A random position for each record, stable while one list is sorted. */
const createPositions = () => {
  const positions = new Map<string | number, number>()
  return ({ id }: Row): number => {
    const position = positions.get(id) ?? Math.random()
    positions.set(id, position)
    return position
  }
}
