import { type DriftSink, unreadable } from './codec.ts'
import { createPathTree, noteUnknown, type PathTree } from './path-tree.ts'
import { type AnyRule, isAbsent, isRecord, isWireRule, type Rules } from './rule.ts'

/** Wire record → canonical fields; null where a required one cannot be read. */
export type DecodeRecord = (
  record: Record<string, unknown>,
  drift: DriftSink,
  context: Readonly<Record<string, unknown>>,
) => Record<string, unknown> | null

/**
 * Writes the program that a table is: each wire field is read once, and all canonical ones become one object, in the
 * order of `fields`. Of the table only names stand in it, as JSON texts; codecs and values are handed in.
 */
export const compileDecode = (
  name: string,
  rules: Rules,
  fields: readonly string[] = rules.map(([field]) => field),
  ignored: readonly string[] = [],
): DecodeRecord => {
  const wirePaths = rules.flatMap(([, rule]) => (isWireRule(rule) ? [rule.from] : []))
  const tree = createPathTree([...wirePaths, ...ignored])
  const steps = rules.map(([field, rule], index) => createStep(field, rule, index))
  const values = new Map(steps.map(({ field, value }) => [field, value]))
  const program = `return (record, drift, given) => {
    ${createReads(tree, 'record', 'at').join('\n    ')}
    ${steps.map(({ read }) => read).join('\n    ')}
    if (${createSurplusTest(tree, 'record', 'at')}) noteUnknown(record, tree, '', (field) => drift(name, field, 'unknown-field'))
    return { ${fields.map((field) => `${JSON.stringify(field)}: ${values.get(field)}`).join(', ')} }
  }`
  const bindings = {
    name,
    tree,
    rules: rules.map(([, rule]) => rule),
    unreadable,
    isAbsent,
    isRecord,
    noteUnknown,
    empty,
  }
  return new Function(...Object.keys(bindings), program)(...Object.values(bindings)) as DecodeRecord
}

/** Stands for a nested record that is not there. */
const empty = Object.freeze({})

/** The variable that holds the value at a path. */
const getVariableName = (path: string): string => `at_${path.split('.').map(toIdentifierPart).join('_')}`

/** Distinct for distinct keys, whatever signs they hold. */
const toIdentifierPart = (key: string): string =>
  key.replaceAll(/[^A-Za-z0-9]/g, (sign) => `$${sign.charCodeAt(0).toString(16)}$`)

const createReads = (tree: PathTree, record: string, prefix: string): string[] =>
  [...tree].flatMap(([key, children]) => {
    const variable = `${prefix}_${toIdentifierPart(key)}`
    const read = `const ${variable} = ${createFieldAccess(record, key)}`
    if (children.size === 0) return [read]
    const inner = `const ${variable}_record = isRecord(${variable}) ? ${variable} : empty`
    return [read, inner, ...createReads(children, `${variable}_record`, variable)]
  })

/** What every object inherits is no field of it. */
const createFieldAccess = (record: string, key: string): string => {
  const value = `${record}[${JSON.stringify(key)}]`
  return key in Object.prototype ? `(Object.hasOwn(${record}, ${JSON.stringify(key)}) ? ${value} : undefined)` : value
}

/** Whether a record holds more fields than those that were read: counting is cheaper than looking each one up. */
const createSurplusTest = (tree: PathTree, record: string, prefix: string): string => {
  const variables = [...tree].map(([key, children]) => ({ variable: `${prefix}_${toIdentifierPart(key)}`, children }))
  const own = `Object.keys(${record}).length !== ${variables.map(({ variable }) => `(${variable} !== undefined)`).join(' + ') || '0'}`
  const nested = variables
    .filter(({ children }) => children.size > 0)
    .map(({ variable, children }) => createSurplusTest(children, `${variable}_record`, variable))
  return [own, ...nested].join(' || ')
}

const createStep = (field: string, rule: AnyRule, index: number): { field: string; read: string; value: string } => {
  const contextValue = `(given[${JSON.stringify(field)}] ?? null)`
  if (!isWireRule(rule)) return { field, read: '', value: 'context' in rule ? contextValue : `rules[${index}].empty` }
  const [wire, value, codec] = [getVariableName(rule.from), `value${index}`, `rules[${index}].codec`]
  const lines = [
    `let ${value} = isAbsent(${wire}) ? ${codec}.empty : ${codec}.decode(${wire}, drift)`,
    `if (${value} === unreadable) { drift(name, ${JSON.stringify(rule.from)}, 'unreadable'); ${value} = ${codec}.empty }`,
    rule.codec.required ? `if (${value} === null || ${value} === undefined) return null` : '',
    rule.orFromContext ? `if (${value} === null) ${value} = ${contextValue}` : '',
  ]
  return { field, read: lines.filter(Boolean).join('; '), value }
}
