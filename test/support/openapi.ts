import { readFileSync } from 'node:fs'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

export type Json = Record<string, any>

export const documentNames = ['foyer', 'spacio', 'liondesk'] as const
export type DocumentName = (typeof documentNames)[number]

export const getPath = (name: string): string => `${import.meta.dirname}/../../openapi/${name}.json`

export const readCommitted = (name: DocumentName): Json => JSON.parse(readFileSync(getPath(name), 'utf8'))

const ajv = new Ajv2020({ allErrors: true, strict: false })
addFormats.default(ajv)
for (const name of documentNames) ajv.addSchema(readCommitted(name), name)

export const toPointer = (...parts: (string | number)[]): string =>
  parts.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

const validators = new Map<string, ValidateFunction>()

/** Returns how a value violates the schema at a pointer of a document, or null. */
export const findViolation = (document: DocumentName, pointer: string, value: unknown): string | null => {
  const $ref = `${document}#${encodeURI(pointer)}`
  const validate = validators.get($ref) ?? ajv.compile({ $ref })
  validators.set($ref, validate)
  return validate(value) ? null : ajv.errorsText(validate.errors)
}

export interface Example {
  /** The pointer of its schema. */
  pointer: string
  value: unknown
}

/** Returns every example of a document: of bodies, replies, parameters and schemas, including sentinels. */
export const listExamples = (node: unknown, parts: (string | number)[] = []): Example[] => {
  if (typeof node !== 'object' || node === null) return []
  if (Array.isArray(node)) return node.flatMap((element, index) => listExamples(element, [...parts, index]))
  const holder = node as Json
  const inner = Object.entries(holder)
    .filter(([key]) => !['example', 'examples', 'x-absent'].includes(key))
    .flatMap(([key, value]) => listExamples(value, [...parts, key]))
  const pointer = toPointer(...parts, ...('schema' in holder ? ['schema'] : []))
  return [...listOwnExamples(holder).map((value) => ({ pointer, value })), ...inner]
}

const listOwnExamples = (holder: Json): unknown[] => {
  const { example, examples = [] } = holder
  const several = Array.isArray(examples) ? examples : Object.values(examples).map((entry) => (entry as Json).value)
  return [
    ...('schema' in holder && example !== undefined ? [example] : []),
    ...several.filter((value) => value !== undefined),
    ...('x-absent' in holder ? [holder['x-absent']] : []),
  ]
}

export interface Operation extends Json {
  path: string
  method: string
}

const methods = ['get', 'put', 'post', 'delete', 'patch']

export const listOperations = (document: Json): Operation[] =>
  Object.entries(document.paths as Json).flatMap(([path, item]) =>
    methods.flatMap((method) => (item[method] ? [{ path, method, ...item[method] }] : [])),
  )

/** Resolves a local reference. */
export const resolve = (document: Json, node: Json): Json =>
  typeof node.$ref === 'string'
    ? node.$ref
        .slice(2)
        .split('/')
        .reduce((value: Json, key: string) => value[key], document)
    : node
