/** The plain way from an upstream's bytes to an answer: nothing is cut, compiled, remembered or written in parts. */
import fastJsonStringify, { type Schema } from 'fast-json-stringify'
import { components } from '#schemas/components.ts'
import { parseWire } from '#src/json/parse-wire-json.ts'
import { type Codec, type DriftSink, unreadable } from '#src/mapping/codec.ts'
import type { Mapping } from '#src/mapping/mapping.ts'
import { isRecord, isWire, type Rules } from '#src/mapping/rule.ts'
import { Problem } from '#src/problems.ts'
import { liondeskMappings } from '#src/upstreams/liondesk/mapping.ts'
import { recordsIn } from '#src/upstreams/spacio/envelope.ts'
import { toEmailRecord } from '#src/upstreams/spacio/index.ts'
import { leadIdsOf } from '#src/upstreams/spacio/lead-ids.ts'
import { spacioMappings } from '#src/upstreams/spacio/mappings/index.ts'
import { readBody } from '#src/upstreams/spacio/parse-body.ts'
import { interpret } from '../mapping/interpreter.ts'
import { fetchedAt, isLead, isOfLionDesk, mappingOf, methodOf, type Question, shapeOf, sidOf } from './questions.ts'

export type AnyMapping = Pick<Mapping<never>, 'name' | 'schema' | 'rules'>

export const elementsPlainly = (question: Question, body: Buffer, drift: DriftSink): unknown[] => {
  const { operation, form, includeSource = false } = question
  const records = recordsPlainly(question, body)
  if (!records) throw new Problem('upstream-invalid-response')
  const ids = isLead(question) ? leadIdsOf(records, sidOf(question)) : []
  const system = isOfLionDesk(operation) ? 'liondesk' : 'spacio'
  return records.map((record, index) => {
    const given = isLead(question) ? { sid: sidOf(question), id: ids[index] } : form
    const mapping = mappingOf[operation]
    const value = isNothing(question, record) ? null : decodePlainly(mapping, record, drift, given)
    if (value === null) throw new Problem('upstream-invalid-response')
    return includeSource ? { ...value, source: { system, operation: methodOf(operation), fetchedAt, record } } : value
  })
}

/** LionDesk answers errors as objects, too: what has no field of a record is none. */
const isNothing = ({ operation }: Question, record: unknown): boolean =>
  isOfLionDesk(operation) &&
  !mappingOf[operation].rules.some(([, rule]) => isWire(rule) && Object.hasOwn(Object(record), rule.from))

const recordsPlainly = ({ operation }: Question, body: Buffer): unknown[] | null => {
  if (operation === 'find') return (parseWire(body.toString()) as { data: unknown[] }).data
  if (operation === 'get') return [parseWire(body.toString())]
  const read = readBody(body)
  const found = read.kind === 'json' ? recordsIn(read.value, shapeOf(operation)) : null
  return found && operation === 'getClaimedList' ? found.records.map(toEmailRecord) : (found?.records ?? null)
}

const decodePlainly = (
  { name, rules }: AnyMapping,
  record: unknown,
  drift: DriftSink,
  given: Record<string, unknown> = {},
): Record<string, unknown> | null => {
  if (isRecord(record)) return interpret(name, plainRulesOf(name, rules), record, drift, given)
  drift(name, '(record)', 'unreadable')
  return null
}

const plainRules = new Map<string, Rules>()

/** Nested records are interpreted, too. */
const plainRulesOf = (name: string, rules: Rules): Rules => {
  const plain = plainRules.get(name) ?? rules.map(plainRule)
  plainRules.set(name, plain)
  return plain
}

const plainRule = ([field, rule]: Rules[number]): Rules[number] => {
  const nested = isWire(rule) ? nestedIn(rule.codec) : null
  if (!isWire(rule) || !nested) return [field, rule]
  const { kind, mapping } = nested
  const decode: Codec<unknown, unknown>['decode'] = (wire, drift) => {
    if (kind === 'record') return decodePlainly(mapping, wire, drift) ?? unreadable
    const elements = Array.isArray(wire) ? wire : positionsIn(wire)
    return elements?.map((each) => decodePlainly(mapping, each, drift)).filter((each) => each !== null) ?? unreadable
  }
  return [field, { ...rule, codec: { ...rule.codec, decode } }]
}

const mappings = new Map<string, AnyMapping>([...spacioMappings, ...liondeskMappings].map((each) => [each.name, each]))

/** The mapping that a codec of nested records is of. */
export const nestedIn = ({ name }: Pick<Codec<unknown, unknown>, 'name'>) => {
  const [, kind, of = ''] = /^(record|list) of (.+)$/.exec(name) ?? []
  const mapping = mappings.get(of)
  return mapping ? { kind, mapping } : null
}

const positionsIn = (wire: unknown): unknown[] | null => {
  const entries = isRecord(wire) ? Object.entries(wire) : null
  if (!entries?.every(([key]) => /^\d{1,9}$/.test(key))) return null
  return entries.sort(([a], [b]) => Number(a) - Number(b)).map(([, value]) => value)
}

const schema = Object.fromEntries(components.map((component) => [(component as { $id?: string }).$id, component]))

/** By the schema as it is published, and as one text. */
export const plainWriter = (component: string): ((value: unknown) => string) =>
  fastJsonStringify({ $ref: `${component}#` }, { schema: schema as Record<string, Schema> })
