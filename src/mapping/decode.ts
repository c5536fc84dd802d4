import { type DriftSink, unreadable } from './codec.ts'
import { createPathTree, noteUnknown, type PathTree } from './path-tree.ts'
import { type AnyRule, isAbsent, isRecord, isWireRule, type Rules } from './rule.ts'

/** Wire record → canonical fields; null if a required field cannot be read. */
type DecodeRecord = (
  record: Record<string, unknown>,
  drift: DriftSink,
  context: Readonly<Record<string, unknown>>,
) => Record<string, unknown> | null

/**
 * Compiles a mapping table to a function that reads each wire field once and creates one object in the order of `fields`.
 * The source contains only names, as JSON strings; codecs and values are parameters.
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
  const program = `return (record, drift, context) => {
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

/** Replaces a missing nested record. */
const empty = Object.freeze({})

/** Returns the name of the variable with the value at a path. */
const getVariableName = (path: string): string => `at_${path.split('.').map(toIdentifierPart).join('_')}`

/** Distinct keys have distinct identifiers. */
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

/** Ignores inherited properties. */
const createFieldAccess = (record: string, key: string): string => {
  const value = `${record}[${JSON.stringify(key)}]`
  return key in Object.prototype ? `(Object.hasOwn(${record}, ${JSON.stringify(key)}) ? ${value} : undefined)` : value
}

/** True if a record has unknown fields: counting fields is cheaper than looking up each one. */
const createSurplusTest = (tree: PathTree, record: string, prefix: string): string => {
  const variables = [...tree].map(([key, children]) => ({ variable: `${prefix}_${toIdentifierPart(key)}`, children }))
  const own = `Object.keys(${record}).length !== ${variables.map(({ variable }) => `(${variable} !== undefined)`).join(' + ') || '0'}`
  const nested = variables
    .filter(({ children }) => children.size > 0)
    .map(({ variable, children }) => createSurplusTest(children, `${variable}_record`, variable))
  return [own, ...nested].join(' || ')
}

const createStep = (field: string, rule: AnyRule, index: number): { field: string; read: string; value: string } => {
  const contextValue = `(context[${JSON.stringify(field)}] ?? null)`
  if (!isWireRule(rule)) return { field, read: '', value: 'context' in rule ? contextValue : `rules[${index}].empty` }
  const [wire, value, codec] = [getVariableName(rule.from), `value${index}`, `rules[${index}].codec`]
  const note = `drift(name, ${JSON.stringify(rule.from)}, 'unreadable')`
  const lines = [
    `let ${value} = isAbsent(${wire}) ? ${codec}.empty : ${codec}.decode(${wire}, drift${rule.codec.hasElements ? `, () => ${note}` : ''})`,
    `if (${value} === unreadable) { ${note}; ${value} = ${codec}.empty }`,
    rule.codec.required ? `if (${value} === null || ${value} === undefined) return null` : '',
    rule.orFromContext ? `if (${value} === null) ${value} = ${contextValue}` : '',
  ]
  return { field, read: lines.filter(Boolean).join('; '), value }
}
