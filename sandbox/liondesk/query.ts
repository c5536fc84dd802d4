import { BadRequest } from '@feathersjs/errors'
import type { EventProperty } from '../world/types.ts'
import { fields } from './fields.ts'
import type { LionDeskSettings } from './settings.ts'

type Comparable = string | number | null
type Test = (value: string | null) => boolean

const kindOf = (name: string) => {
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined
  if (field === undefined) throw new BadRequest(`Unknown field ${name}`)
  return field.kind
}

/** Numbers compare as numbers and times as moments, though both travel as text. */
function comparable(name: string, value: unknown): Comparable {
  if (value === null || value === undefined) return null
  const kind = kindOf(name)
  if (kind === 'text') return String(value)
  return kind === 'moment' ? Date.parse(String(value)) : Number(value)
}

function listOf(name: string, operator: string, operand: unknown): Comparable[] {
  if (!Array.isArray(operand)) throw new BadRequest(`${operator} of ${name} is not an array`)
  return operand.map((value) => comparable(name, value))
}

function operatorTest(name: string, operator: string, operand: unknown, sqlNulls: boolean): Test {
  const isUnknown = (value: string | null): boolean => sqlNulls && value === null
  switch (operator) {
    case '$ne': {
      const unwanted = comparable(name, operand)
      return (value) => !isUnknown(value) && comparable(name, value) !== unwanted
    }
    case '$in': {
      const wanted = listOf(name, operator, operand)
      return (value) => wanted.includes(comparable(name, value))
    }
    case '$nin': {
      const unwanted = listOf(name, operator, operand)
      return (value) => !isUnknown(value) && !unwanted.includes(comparable(name, value))
    }
    default:
      throw new BadRequest(`Invalid query parameter ${operator}`)
  }
}

function fieldTest(name: string, condition: unknown, sqlNulls: boolean): Test {
  kindOf(name)
  if (Array.isArray(condition)) throw new BadRequest(`${name} takes a single value`)
  if (typeof condition !== 'object' || condition === null) {
    const wanted = comparable(name, condition)
    return (value) => comparable(name, value) === wanted
  }
  const tests = Object.entries(condition).map(([operator, operand]) => operatorTest(name, operator, operand, sqlNulls))
  return (value) => tests.every((test) => test(value))
}

export function createMatcher(query: Record<string, unknown>, { sqlNulls }: Pick<LionDeskSettings, 'sqlNulls'>) {
  const tests = Object.entries(query).map(([name, condition]) => ({ name, test: fieldTest(name, condition, sqlNulls) }))
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
    kindOf(name)
    if (direction !== 1 && direction !== -1) throw new BadRequest(`$sort[${name}] must be 1 or -1`)
  }
  const placeOf = order === 'stable' ? () => 0 : createPlaces()
  return (left: EventProperty, right: EventProperty): number => {
    for (const [name, direction] of order === 'varies' ? [] : keys) {
      const difference = compare(comparable(name, left[name]), comparable(name, right[name]))
      if (difference !== 0) return difference * Number(direction)
    }
    return placeOf(left) - placeOf(right)
  }
}

/** A random place for each record, the same as long as one list is sorted. */
const createPlaces = () => {
  const places = new Map<string, number>()
  return ({ id }: EventProperty): number => {
    const place = places.get(id) ?? Math.random()
    places.set(id, place)
    return place
  }
}
