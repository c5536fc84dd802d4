/** Rejects unknown variables and malformed values. */
import { readFileSync } from 'node:fs'
import { findNearest } from '#src/lib/closest-word.ts'
import { type Environment, readString, rejectVariable } from './environment.ts'

/** Every variable with a prefix of Foyer or of an upstream. */
export const variables = [
  'FOYER_AUTH',
  'FOYER_CLIENTS_FILE',
  'FOYER_CLIENT_BUDGET_SHARE',
  'FOYER_CORS_ORIGINS',
  'FOYER_DEMO_KEY',
  'FOYER_FEED_CEILING',
  'FOYER_FEED_FLOOR',
  'FOYER_FEED_LOOKBACK_DAYS',
  'FOYER_JWT_ALGORITHMS',
  'FOYER_JWT_AUDIENCE',
  'FOYER_JWT_AUDIENCE_CLAIM',
  'FOYER_JWT_GRANTS_CLAIM',
  'FOYER_JWT_ISSUER',
  'FOYER_JWT_JWKS_URL',
  'FOYER_JWT_SCOPE_CLAIM',
  'FOYER_JWT_SCOPE_PREFIX',
  'FOYER_JWT_SUBJECT_CLAIM',
  'FOYER_JWT_TENANT_CLAIM',
  'FOYER_MAX_REPLICAS',
  'FOYER_MCP',
  'FOYER_METRICS_PORT',
  'FOYER_PUBLIC_URL',
  'FOYER_RATE_LIMIT',
  'FOYER_STORE_KEY',
  'FOYER_STORE_URL',
  'FOYER_TENANTS_FILE',
  'FOYER_TRUST_PROXY',
  'LIONDESK_ACCESS_TOKEN',
  'LIONDESK_BASE_URL',
  'LIONDESK_CLIENT_ID',
  'LIONDESK_CLIENT_SECRET',
  'LIONDESK_REFRESH_TOKEN',
  'SPACIO_API_KEY',
  'SPACIO_BASE_URL',
  'SPACIO_HOURLY_BUDGET',
  'SPACIO_PAGING',
]

/** Other variables that the gateway reads. */
const generalVariables = ['HOST', 'PORT', 'LOG_LEVEL', 'OTEL_EXPORTER_OTLP_ENDPOINT']

/** Used by `foyer verify --key env:FOYER_KEY`, not by the gateway. */
const toolVariables = ['FOYER_KEY']

/** Kubernetes sets these variables for each Service of a namespace, in the format of Docker links. */
const serviceNamePattern = /_SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)$|_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/
const serviceValuePattern = /^(tcp|udp|sctp):\/\//

const byteOrderMark = '\uFEFF'

/** Rejects mistyped names, and values that an env file or a platform has altered. */
export const checkVariables = (env: Environment): void => {
  for (const name of [...generalVariables, ...variables]) rejectAdditions(name, readString(env, name) ?? '')
  const known = new Set([...variables, ...toolVariables, ...findReferenced(env)])
  for (const name of Object.keys(env)) if (!known.has(name)) rejectUnknown(name, env[name] ?? '')
}

const rejectAdditions = (name: string, value: string): void => {
  if (value.length > 1 && /^(["']).*\1$/s.test(value))
    rejectVariable(name, 'is wrapped in quotation marks, which count as part of the value. Remove them')
  const service = /^(.+)_PORT$/.exec(name)?.[1]?.toLowerCase().replaceAll('_', '-')
  if (service && serviceValuePattern.test(value)) {
    const remedy = "Set enableServiceLinks: false in the pod's spec, or rename the Service"
    rejectVariable(name, `was set by Kubernetes for the Service ${service}. ${remedy}`)
  }
}

const rejectUnknown = (name: string, value: string): void => {
  const bare = name.replace(byteOrderMark, '')
  if (!/^(FOYER|SPACIO|LIONDESK)_/i.test(bare)) return
  if (bare !== name)
    rejectVariable(bare, 'follows a byte order mark (BOM) in the file that sets it. Save the file as UTF-8 without BOM')
  if (serviceNamePattern.test(name) || (name.endsWith('_PORT') && serviceValuePattern.test(value))) return
  const nearest = findNearest(name, variables)
  rejectVariable(
    name,
    `is not a variable of Foyer${nearest ? `: did you mean ${nearest}?` : '. The README lists all of them'}`,
  )
}

/** Variables that a tenants file refers to as `env:NAME` may have any name. */
const findReferenced = (env: Environment): string[] => {
  const path = readString(env, 'FOYER_TENANTS_FILE')
  if (path === undefined) return []
  try {
    return [...readFileSync(path, 'utf8').matchAll(/"env:([^"]+)"/g)].map(([, name]) => name as string)
  } catch {
    // Reading the configuration reports the unreadable file.
    return []
  }
}
