/** Reads the clients file and the tenants file. */
import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import Type, { type Static, type TSchema } from 'typebox'
import { scopes } from '#src/access-control.ts'
import { lazy } from '#src/lib/lazy.ts'
import { rejectVariable } from './environment.ts'
import { locateJsonError } from './json-error.ts'

const strict = { additionalProperties: false }

const Id = Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' })
const Secret = Type.String({ minLength: 1, maxLength: 4096 })
const KeyHash = Type.String({ pattern: '^[0-9a-fA-F]{64}$' })
const GrantList = Type.Union([Type.Literal('*'), Type.Array(Type.String({ minLength: 1, maxLength: 254 }))])

const ClientEntry = Type.Object(
  {
    id: Type.String({ pattern: '^[A-Za-z0-9._-]{1,64}$' }),
    keyHash: Type.Optional(KeyHash),
    keyHashes: Type.Optional(Type.Array(KeyHash, { minItems: 1, maxItems: 2 })),
    scopes: Type.Array(Type.Union(scopes.map((scope) => Type.Literal(scope)))),
    grants: Type.Optional(
      Type.Object(
        {
          brokerages: Type.Optional(GrantList),
          teams: Type.Optional(GrantList),
          agents: Type.Optional(GrantList),
          connections: Type.Optional(GrantList),
        },
        strict,
      ),
    ),
  },
  strict,
)

const ConnectionEntry = Type.Union([
  Type.Object({ id: Id, accessToken: Secret }, strict),
  Type.Object({ id: Id, clientId: Secret, clientSecret: Secret, refreshToken: Secret }, strict),
])

const TenantEntry = Type.Object(
  {
    id: Id,
    spacio: Type.Object(
      {
        apiKey: Secret,
        baseUrl: Type.Optional(Type.String()),
        hourlyBudget: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000_000 })),
      },
      strict,
    ),
    liondesk: Type.Optional(
      Type.Object(
        {
          baseUrl: Type.Optional(Type.String()),
          clientId: Type.Optional(Secret),
          clientSecret: Type.Optional(Secret),
          connections: Type.Optional(Type.Array(ConnectionEntry)),
        },
        strict,
      ),
    ),
    clients: Type.Optional(Type.Array(ClientEntry)),
  },
  strict,
)

export const ClientsDocument = Type.Object({ clients: Type.Array(ClientEntry) }, strict)
export const TenantsDocument = Type.Object({ tenants: Type.Array(TenantEntry) }, strict)

export type ClientEntry = Static<typeof ClientEntry>
export type ConnectionEntry = Static<typeof ConnectionEntry>
export type TenantEntry = Static<typeof TenantEntry>

const readBytes = (variable: string, path: string): Buffer => {
  try {
    return readFileSync(path)
  } catch (error) {
    return rejectVariable(
      variable,
      `names a file that cannot be read (${(error as NodeJS.ErrnoException).code}): ${path}`,
    )
  }
}

/** Editors and shells on Windows write these byte order marks. */
const encodings: [mark: number[], message: string][] = [
  [[0xef, 0xbb, 0xbf], 'that begins with a byte order mark (BOM). Save it as UTF-8 without BOM'],
  [[0xff, 0xfe], 'that is UTF-16. Save it as UTF-8'],
  [[0xfe, 0xff], 'that is UTF-16. Save it as UTF-8'],
]

const readText = (variable: string, path: string): string => {
  const bytes = readBytes(variable, path)
  for (const [mark, message] of encodings) {
    if (mark.every((byte, index) => bytes[index] === byte))
      rejectVariable(variable, `names a file (${path}) ${message}`)
  }
  return bytes.toString('utf8')
}

/** Reads and parses a file. `variable` is the variable that error messages name. */
export const readJson = (variable: string, path: string): unknown => {
  const text = readText(variable, path)
  try {
    return JSON.parse(text)
  } catch {
    const { line, column } = locateJsonError(text)
    return rejectVariable(variable, `names a file that is not JSON: ${path}, line ${line}, column ${column}`)
  }
}

const createReader = <Document extends TSchema>(schema: Document) => {
  // Compiled lazily, because a process reads at most one of the two files. A test validates the schema itself.
  const getValidator = lazy(() =>
    new Ajv({ strict: false, validateSchema: false, meta: false }).compile<Static<Document>>(schema),
  )
  return (variable: string, path: string): Static<Document> => {
    const isValid = getValidator()
    const document = readJson(variable, path)
    if (isValid(document)) return document
    const [first] = isValid.errors ?? []
    const location = first?.instancePath.slice(1) || 'the document'
    const { additionalProperty } = (first?.params ?? {}) as { additionalProperty?: string }
    const extra = additionalProperty === undefined ? '' : `: ${additionalProperty}`
    return rejectVariable(variable, `names a file (${path}) where ${location} ${first?.message}${extra}`)
  }
}

export const readClientsFile = createReader(ClientsDocument)

export const readTenantsFile = createReader(TenantsDocument)
