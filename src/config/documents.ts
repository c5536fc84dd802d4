/** The files of tenants and clients, as the operator writes them. */
import { readFileSync } from 'node:fs'
import { Ajv, type ValidateFunction } from 'ajv'
import Type, { type Static, type TSchema } from 'typebox'
import { scopes } from '#src/access.ts'
import { refuse } from './environment.ts'

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

const contentOf = (variable: string, path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    return refuse(variable, `names a file that cannot be read (${(error as NodeJS.ErrnoException).code}): ${path}`)
  }
}

const parsed = (variable: string, path: string): unknown => {
  try {
    return JSON.parse(contentOf(variable, path))
  } catch (error) {
    // The parser's own words quote the text, which may hold a secret.
    if (error instanceof SyntaxError) return refuse(variable, `names a file that is not JSON: ${path}`)
    throw error
  }
}

const reader = <Document extends TSchema>(schema: Document) => {
  // Made when there is such a file: of the two a process reads one at most.
  let validator: ValidateFunction<Static<Document>> | undefined
  return (variable: string, path: string): Static<Document> => {
    // That it is a schema, a test finds out.
    validator ??= new Ajv({ strict: false, validateSchema: false, meta: false }).compile<Static<Document>>(schema)
    const isValid = validator
    const document = parsed(variable, path)
    if (isValid(document)) return document
    const [first] = isValid.errors ?? []
    const place = first?.instancePath.slice(1) || 'the document'
    const { additionalProperty } = (first?.params ?? {}) as { additionalProperty?: string }
    const extra = additionalProperty === undefined ? '' : `: ${additionalProperty}`
    return refuse(variable, `names a file (${path}) where ${place} ${first?.message}${extra}`)
  }
}

export const readClients = reader(ClientsDocument)

export const readTenants = reader(TenantsDocument)
