/** The simplest way from an upstream's bytes to a response, without splitting, compiling, caching or partial output. */
import fastJsonStringify, { type Schema } from 'fast-json-stringify'
import { components } from '#schemas/components.ts'
import { parseWire } from '#src/json/parse-wire-json.ts'
import { type Codec, type DriftSink, unreadable } from '#src/mapping/codec.ts'
import type { Mapping } from '#src/mapping/mapping.ts'
import { isRecord, isWireRule, type Rules } from '#src/mapping/rule.ts'
import { Problem } from '#src/problems.ts'
import { liondeskMappings } from '#src/upstreams/liondesk/mapping.ts'
import { parseRecords } from '#src/upstreams/spacio/envelope.ts'
import { toEmailRecord } from '#src/upstreams/spacio/index.ts'
import { createLeadIds } from '#src/upstreams/spacio/lead-ids.ts'
import { spacioMappings } from '#src/upstreams/spacio/mappings/index.ts'
import { parseBody } from '#src/upstreams/spacio/parse-body.ts'
import { interpret } from '../mapping/interpreter.ts'
import {
  type DecodeRequest,
  fetchedAt,
  getMethod,
  getShape,
  getSid,
  isLead,
  isLionDesk,
  mappingByOperation,
} from './questions.ts'

export type AnyMapping = Pick<Mapping<never>, 'name' | 'schema' | 'rules'>

export const decodeElements = (question: DecodeRequest, body: Buffer, drift: DriftSink): unknown[] => {
  const { operation, form, includeSource = false } = question
  const records = readRecords(question, body)
  if (!records) throw new Problem('upstream-invalid-response')
  const ids = isLead(question) ? createLeadIds(records, getSid(question)) : []
  const system = isLionDesk(operation) ? 'liondesk' : 'spacio'
  return records.map((record, index) => {
    const given = isLead(question) ? { sid: getSid(question), id: ids[index] } : form
    const mapping = mappingByOperation[operation]
    const value = isDeniedRecord(question, record) ? null : decodeRecord(mapping, record, drift, given)
    if (value === null) throw new Problem('upstream-invalid-response')
    return includeSource ? { ...value, source: { system, operation: getMethod(operation), fetchedAt, record } } : value
  })
}

/** LionDesk also returns errors as objects: an object without any field of a record is not a record. */
const isDeniedRecord = ({ operation }: DecodeRequest, record: unknown): boolean =>
  isLionDesk(operation) &&
  !mappingByOperation[operation].rules.some(([, rule]) => isWireRule(rule) && Object.hasOwn(Object(record), rule.from))

const readRecords = ({ operation }: DecodeRequest, body: Buffer): unknown[] | null => {
  if (operation === 'find') return (parseWire(body) as { data: unknown[] }).data
  if (operation === 'get') return [parseWire(body)]
  const read = parseBody(body)
  const found = read.kind === 'json' ? parseRecords(read.value, getShape(operation)) : null
  return found && operation === 'getClaimedList' ? found.records.map(toEmailRecord) : (found?.records ?? null)
}

const decodeRecord = (
  { name, rules }: AnyMapping,
  record: unknown,
  drift: DriftSink,
  given: Record<string, unknown> = {},
): Record<string, unknown> | null => {
  if (isRecord(record)) return interpret(name, createPlainRules(name, rules), record, drift, given)
  drift(name, '(record)', 'unreadable')
  return null
}

const plainRules = new Map<string, Rules>()

/** Interprets nested records too. */
const createPlainRules = (name: string, rules: Rules): Rules => {
  const plain = plainRules.get(name) ?? rules.map(createPlainRule)
  plainRules.set(name, plain)
  return plain
}

const createPlainRule = ([field, rule]: Rules[number]): Rules[number] => {
  const nested = isWireRule(rule) ? findNested(rule.codec) : null
  if (!isWireRule(rule) || !nested) return [field, rule]
  const { kind, mapping } = nested
  const decode: Codec<unknown, unknown>['decode'] = (wire, drift) => {
    if (kind === 'record') return decodeRecord(mapping, wire, drift) ?? unreadable
    const elements = Array.isArray(wire) ? wire : sortPositions(wire)
    return elements?.map((each) => decodeRecord(mapping, each, drift)).filter((each) => each !== null) ?? unreadable
  }
  return [field, { ...rule, codec: { ...rule.codec, decode } }]
}

const mappings = new Map<string, AnyMapping>([...spacioMappings, ...liondeskMappings].map((each) => [each.name, each]))

/** The mapping of a codec for nested records. */
export const findNested = ({ name }: Pick<Codec<unknown, unknown>, 'name'>) => {
  const [, kind, of = ''] = /^(record|list) of (.+)$/.exec(name) ?? []
  const mapping = mappings.get(of)
  return mapping ? { kind, mapping } : null
}

const sortPositions = (wire: unknown): unknown[] | null => {
  const entries = isRecord(wire) ? Object.entries(wire) : null
  if (!entries?.every(([key]) => /^\d{1,9}$/.test(key))) return null
  return entries.sort(([a], [b]) => Number(a) - Number(b)).map(([, value]) => value)
}

const schema = Object.fromEntries(components.map((component) => [(component as { $id?: string }).$id, component]))

/** Serializes with the published schema, as one text. */
export const createPlainWriter = (component: string): ((value: unknown) => string) =>
  fastJsonStringify({ $ref: `${component}#` }, { schema: schema as Record<string, Schema> })
