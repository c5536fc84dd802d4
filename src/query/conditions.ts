/** The filters of lists: a field name, optionally with an operator in brackets, such as `city[in]=a,b`. */
import { createParameterProblem } from '#src/problems.ts'

type Operator = 'eq' | 'ne' | 'in' | 'nin'

export interface Condition {
  field: string
  operator: Operator
  /** Exactly one value for `eq` and `ne`. */
  values: (string | number | boolean)[]
  /** The comparison ignores case. */
  ignoresCase?: boolean
}

const maxValues = 20

const operatorPattern = /^(\w+)\[(ne|in|nin)\]$/

/** Parses the conditions on `fields` from a validated query. */
export const parseConditions = (query: Readonly<Record<string, unknown>>, fields: readonly string[]): Condition[] => {
  const conditions = Object.entries(query).flatMap(([name, value]): Condition[] => {
    const [, field = name, operator = 'eq'] = operatorPattern.exec(name) ?? []
    return fields.includes(field)
      ? [{ field, operator: operator as Operator, values: parseValues(name, operator, value) }]
      : []
  })
  rejectContradictions(conditions)
  return conditions
}

const parseValues = (name: string, operator: string, value: unknown): Condition['values'] => {
  if (operator === 'eq' || operator === 'ne') return [value as string | number | boolean]
  const values = String(value)
    .split(',')
    .map((each) => each.trim())
  if (values.length <= maxValues && values.every((element) => element !== '')) return values
  const message =
    values.length > maxValues ? `takes at most ${maxValues} values, not ${values.length}` : 'has an empty value'
  throw createParameterProblem(name, message)
}

const rejectContradictions = (conditions: Condition[]): void => {
  const isPositive = ({ operator }: Condition) => operator === 'eq' || operator === 'in'
  const fieldNames = new Set<string>()
  for (const { field } of conditions.filter(isPositive)) {
    if (fieldNames.has(field)) {
      throw createParameterProblem(field, `cannot be combined with ${field}[in]`)
    }
    fieldNames.add(field)
  }
}

/** Returns true if the element meets all conditions. */
export const matches = (element: object, conditions: readonly Condition[]): boolean =>
  conditions.every(({ field, operator, values, ignoresCase }) => {
    const comparable = (value: unknown) => (ignoresCase ? String(value).toLowerCase() : String(value))
    const fieldValue = comparable(element[field as keyof typeof element])
    const isMatch = values.some((value) => comparable(value) === fieldValue)
    return operator === 'eq' || operator === 'in' ? isMatch : !isMatch
  })
