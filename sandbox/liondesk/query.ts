import { BadRequest } from '@feathersjs/errors'
import type { EventProperty } from '../world/types.ts'
import { fields } from './fields.ts'
import type { LionDeskSettings } from './settings.ts'

type Comparable = string | number | null
type Test = (value: string | null) => boolean

const getKind = (name: string) => {
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined
  if (field === undefined) throw new BadRequest(`Unknown field ${name}`)
  return field.kind
}

/** Compares numeric texts as numbers and times as instants. */
function toComparable(name: string, value: unknown): Comparable {
  if (value === null || value === undefined) return null
  const kind = getKind(name)
  if (kind === 'text') return String(value)
  return kind === 'moment' ? Date.parse(String(value)) : Number(value)
}

function toComparableList(name: string, operator: string, operand: unknown): Comparable[] {
  if (!Array.isArray(operand)) throw new BadRequest(`${operator} of ${name} is not an array`)
  return operand.map((value) => toComparable(name, value))
}

function createOperatorTest(name: string, operator: string, operand: unknown, sqlNulls: boolean): Test {
  const isUnknown = (value: string | null): boolean => sqlNulls && value === null
  switch (operator) {
    case '$ne': {
      const unwanted = toComparable(name, operand)
      return (value) => !isUnknown(value) && toComparable(name, value) !== unwanted
    }
    case '$in': {
      const expected = toComparableList(name, operator, operand)
      return (value) => expected.includes(toComparable(name, value))
    }
    case '$nin': {
      const unwanted = toComparableList(name, operator, operand)
      return (value) => !isUnknown(value) && !unwanted.includes(toComparable(name, value))
    }
    default:
      throw new BadRequest(`Invalid query parameter ${operator}`)
  }
}

function createFieldTest(name: string, condition: unknown, sqlNulls: boolean): Test {
  getKind(name)
  if (Array.isArray(condition)) throw new BadRequest(`${name} takes a single value`)
  if (typeof condition !== 'object' || condition === null) {
    const expected = toComparable(name, condition)
    return (value) => toComparable(name, value) === expected
  }
  const tests = Object.entries(condition).map(([operator, operand]) =>
    createOperatorTest(name, operator, operand, sqlNulls),
  )
  return (value) => tests.every((test) => test(value))
}

export function createMatcher(query: Record<string, unknown>, { sqlNulls }: Pick<LionDeskSettings, 'sqlNulls'>) {
  const tests = Object.entries(query).map(([name, condition]) => ({
    name,
    test: createFieldTest(name, condition, sqlNulls),
  }))
  return (record: EventProperty): boolean => tests.every(({ name, test }) => test(record[name] ?? null))
}

function compare(left: Comparable, right: Comparable): number {
  if (left === right) return 0
  if (left === null) return -1
  if (right === null) return 1
  return left < right ? -1 : 1
}

export function createSorter(sort: unknown, { order }: Pick<LionDeskSettings, 'order'>) {
  if (typeof sort !== 'object' || sort === null || Array.isArray(sort)) throw new BadRequest('Invalid $sort')
  const keys = Object.entries(sort)
  for (const [name, direction] of keys) {
    getKind(name)
    if (direction !== 1 && direction !== -1) throw new BadRequest(`$sort[${name}] must be 1 or -1`)
  }
  const getPosition = order === 'stable' ? () => 0 : createPositions()
  return (left: EventProperty, right: EventProperty): number => {
    for (const [name, direction] of order === 'varies' ? [] : keys) {
      const difference = compare(toComparable(name, left[name]), toComparable(name, right[name]))
      if (difference !== 0) return difference * Number(direction)
    }
    return getPosition(left) - getPosition(right)
  }
}

/** A random position for each record, stable while one list is sorted. */
const createPositions = () => {
  const positions = new Map<string, number>()
  return ({ id }: EventProperty): number => {
    const position = positions.get(id) ?? Math.random()
    positions.set(id, position)
    return position
  }
}
