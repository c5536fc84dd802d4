/** Validates responses against an OpenAPI document. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { follow } from '../openapi-diff/references.ts'
import type { Json } from '../openapi-diff/types.ts'

export type { Json }

export interface Reply {
  readonly method: string
  readonly url: string
  readonly status: number
  readonly contentType: string | undefined
  /** The parsed body; undefined without a body. */
  readonly body: unknown
}

export interface Operation {
  readonly template: string
  readonly method: string
  readonly operationId: string
  readonly parameters: readonly { name: string; in: string; required?: boolean; example?: unknown; schema?: Json }[]
  readonly responses: Readonly<Record<string, Json>>
  /** True if the operation needs no credentials. */
  readonly isPublic: boolean
}

export interface Contract {
  readonly document: Json
  readonly operations: readonly Operation[]
  /** Returns how the response violates the document, or null. */
  findViolation(reply: Reply): string | null
}

type Paths = Record<string, Record<string, Json>>

const escapePointer = (part: string): string => part.replaceAll('~', '~0').replaceAll('/', '~1')

const verbs = ['get', 'post', 'put', 'patch', 'delete']

const listOperations = (paths: Paths): Operation[] =>
  Object.entries(paths).flatMap(([template, path]) =>
    Object.entries(path)
      .filter(([method]) => verbs.includes(method))
      .map(([method, operation]) => ({
        template,
        method: method.toUpperCase(),
        operationId: String(operation.operationId),
        parameters: (operation.parameters ?? []) as Operation['parameters'],
        responses: operation.responses as Operation['responses'],
        isPublic: (operation.security as readonly Json[]).length === 0,
      })),
  )

/** Returns the document without `additionalProperties: false`, so that responses may have new fields. */
const toTolerantSchema = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(toTolerantSchema)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([key, each]) => !(key === 'additionalProperties' && each === false))
  return Object.fromEntries(entries.map(([key, nestedValue]) => [key, toTolerantSchema(nestedValue)]))
}

export const readContract = (source: Json, allowsNewFields = false): Contract => {
  const document = (allowsNewFields ? toTolerantSchema(source) : source) as Json
  const paths = document.paths as Paths
  const ajv = new Ajv2020({ allErrors: true, strict: false })
  addFormats.default(ajv)
  ajv.addSchema(document, 'contract')

  const templates = Object.keys(paths)
    .sort((a, b) => a.split('{').length - b.split('{').length)
    .map((template) => ({ template, pattern: new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}/?$`) }))

  const validators = new Map<string, ValidateFunction>()
  const getValidator = (pointer: string): ValidateFunction => {
    const known = validators.get(pointer) ?? ajv.compile({ $ref: `contract#${pointer}` })
    validators.set(pointer, known)
    return known
  }

  /**
   * Returns the schema of a response, or why the document does not describe it. Returns null if any response is
   * allowed.
   */
  const findSchema = ({ method, url, status, contentType }: Reply): { pointer: string } | { fault: string } | null => {
    const path = url.split('?')[0] ?? ''
    const template = templates.find(({ pattern }) => pattern.test(path))?.template
    const verb = (method === 'HEAD' ? 'GET' : method).toLowerCase()
    const operation = template === undefined ? undefined : paths[template]?.[verb]
    if (template === undefined || !operation) {
      return status >= 400 ? { pointer: '/components/schemas/Problem' } : null
    }
    const mediaType = (contentType ?? '').split(';')[0] ?? ''
    const direct = (operation.responses as Record<string, Json>)[String(status)]
    if (!direct) return { fault: `${verb} ${template} does not document status ${status}` }
    const reference = typeof direct.$ref === 'string' ? direct.$ref : null
    const pointer = reference?.slice(1) ?? `/paths/${escapePointer(template)}/${verb}/responses/${status}`
    const { content } = follow(document, direct)
    if (!content) return null
    if (!(mediaType in (content as Json))) {
      return { fault: `${verb} ${template} ${status} does not document the media type ${mediaType || '(none)'}` }
    }
    return { pointer: `${pointer}/content/${escapePointer(mediaType)}/schema` }
  }

  const findViolation = (reply: Reply): string | null => {
    const schema = findSchema(reply)
    if (schema === null || reply.method === 'HEAD') return null
    if ('fault' in schema) return schema.fault
    const validate = getValidator(schema.pointer)
    return validate(reply.body) ? null : ajv.errorsText(validate.errors, { dataVar: 'body' })
  }

  return { document, operations: listOperations(paths), findViolation }
}
