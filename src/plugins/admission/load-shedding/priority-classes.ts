import type { FastifyContextConfig } from 'fastify'

/** In the order in which the gateway rejects them under load. */
export const workClasses = ['report', 'list', 'read', 'write'] as const

export type WorkClass = (typeof workClasses)[number]

/** A report needs many upstream calls and has more rows than any other response. */
const reportScopes: readonly unknown[] = ['leads:read', 'brokerages:read']

interface RouteFacts {
  method: string
  config: FastifyContextConfig
  schema?: { querystring?: unknown } | undefined
}

export const getWorkClass = ({ method, config, schema }: RouteFacts): WorkClass => {
  if (config.workClass) return config.workClass
  if (method !== 'GET' && method !== 'HEAD') return 'write'
  if (reportScopes.includes(config.scope)) return 'report'
  const { properties = {} } = (schema?.querystring ?? {}) as { properties?: object }
  return 'limit' in properties ? 'list' : 'read'
}
