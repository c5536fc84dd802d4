/** The names of all variables, and what is wrong with others that look like them. */
import { readFileSync } from 'node:fs'
import { findNearest } from '#src/lib/closest-word.ts'
import { type Environment, refuse, textOf } from './environment.ts'

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

/** Others that are read: their prefixes are not Foyer's own. */
const general = ['HOST', 'PORT', 'LOG_LEVEL', 'OTEL_EXPORTER_OTLP_ENDPOINT']

/** Not read by the gateway, but named in the documentation of `foyer verify --key env:FOYER_KEY`. */
const ofTools = ['FOYER_KEY']

/** What Kubernetes sets for each Service of a namespace, in the form of Docker's links. */
const serviceName = /_SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)$|_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/
const serviceValue = /^(tcp|udp|sctp):\/\//

const byteOrderMark = '\uFEFF'

/** Refuses names that were mistyped, and values with what an env file or a platform added to them. */
export const checkVariables = (env: Environment): void => {
  for (const name of [...general, ...variables]) refuseAdditions(name, textOf(env, name) ?? '')
  const known = new Set([...variables, ...ofTools, ...referredTo(env)])
  for (const name of Object.keys(env)) if (!known.has(name)) refuseUnknown(name, env[name] ?? '')
}

const refuseAdditions = (name: string, value: string): void => {
  if (value.length > 1 && /^(["']).*\1$/s.test(value))
    refuse(name, 'is wrapped in quotation marks, which count as part of the value. Remove them')
  const service = /^(.+)_PORT$/.exec(name)?.[1]?.toLowerCase().replaceAll('_', '-')
  if (service && serviceValue.test(value)) {
    const remedy = "Set enableServiceLinks: false in the pod's spec, or rename the Service"
    refuse(name, `was set by Kubernetes for the Service ${service}. ${remedy}`)
  }
}

const refuseUnknown = (name: string, value: string): void => {
  const bare = name.replace(byteOrderMark, '')
  if (!/^(FOYER|SPACIO|LIONDESK)_/i.test(bare)) return
  if (bare !== name)
    refuse(bare, 'follows a byte order mark (BOM) in the file that sets it. Save the file as UTF-8 without BOM')
  if (serviceName.test(name) || (name.endsWith('_PORT') && serviceValue.test(value))) return
  const nearest = findNearest(name, variables)
  refuse(name, `is not a variable of Foyer${nearest ? `: did you mean ${nearest}?` : '. The README lists all of them'}`)
}

/** Variables that a tenants file refers to as `env:NAME` may have any name. */
const referredTo = (env: Environment): string[] => {
  const path = textOf(env, 'FOYER_TENANTS_FILE')
  if (path === undefined) return []
  try {
    return [...readFileSync(path, 'utf8').matchAll(/"env:([^"]+)"/g)].map(([, name]) => name as string)
  } catch {
    // A file that cannot be read is refused when its content is read.
    return []
  }
}
