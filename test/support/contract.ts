import { readFileSync } from 'node:fs'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

type Json = Record<string, unknown>

export interface Reply {
  method: string
  url: string
  status: number
  contentType: string | undefined
  /** Parsed; undefined where there is none. */
  body: unknown
}

const document = JSON.parse(readFileSync(new URL('../../openapi/foyer.json', import.meta.url), 'utf8')) as Json & {
  paths: Record<string, Record<string, Json>>
}

const ajv = new Ajv2020({ allErrors: true, strict: false })
addFormats.default(ajv)
ajv.addSchema(document, 'foyer')

const templates = Object.keys(document.paths)
  .sort((a, b) => a.split('{').length - b.split('{').length)
  .map((template) => ({ template, pattern: new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}/?$`) }))

const validators = new Map<string, ValidateFunction>()

const validatorAt = (pointer: string): ValidateFunction => {
  const known = validators.get(pointer) ?? ajv.compile({ $ref: `foyer#${pointer}` })
  validators.set(pointer, known)
  return known
}

const escapePointer = (part: string): string => part.replaceAll('~', '~0').replaceAll('/', '~1')

/** The schema that a reply has to meet, or why the document does not know the reply. */
const schemaFor = ({ method, url, status, contentType }: Reply): { pointer: string } | { problem: string } | null => {
  const path = url.split('?')[0] ?? ''
  const found = templates.find(({ pattern }) => pattern.test(path))
  const verb = (method === 'HEAD' ? 'GET' : method).toLowerCase()
  const operation = found && document.paths[found.template]?.[verb]
  if (!found || !operation) {
    return status >= 400 ? { pointer: '/components/schemas/Problem' } : null
  }
  const mediaType = (contentType ?? '').split(';')[0] ?? ''
  const responses = operation.responses as Record<string, Json>
  const direct = responses[String(status)]
  if (!direct) return { problem: `${verb} ${found.template} does not document status ${status}` }
  const pointer =
    typeof direct.$ref === 'string'
      ? direct.$ref.slice(1)
      : `/paths/${escapePointer(found.template)}/${verb}/responses/${status}`
  const response = typeof direct.$ref === 'string' ? resolve(direct.$ref) : direct
  if (!response.content) return null
  if (!(mediaType in (response.content as Json))) {
    return { problem: `${verb} ${found.template} ${status} does not document the media type ${mediaType}` }
  }
  return { pointer: `${pointer}/content/${escapePointer(mediaType)}/schema` }
}

const resolve = (reference: string): Json =>
  reference
    .slice(2)
    .split('/')
    .reduce<unknown>((value, key) => (value as Json)[key], document) as Json

/** Throws unless the reply is what `openapi/foyer.json` promises. */
export const assertContract = (reply: Reply): void => {
  const at = `${reply.method} ${reply.url} ${reply.status}`
  const schema = schemaFor(reply)
  if (schema === null || reply.method === 'HEAD') return
  if ('problem' in schema) throw new Error(`contract: ${schema.problem} (${at})`)
  const validate = validatorAt(schema.pointer)
  if (!validate(reply.body)) throw new Error(`contract: ${at}: ${ajv.errorsText(validate.errors)}`)
}
