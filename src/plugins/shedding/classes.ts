import type { FastifyContextConfig } from 'fastify'

/** What is given up first stands first. */
export const workClasses = ['report', 'list', 'read', 'write'] as const

export type WorkClass = (typeof workClasses)[number]

/** Of the whole load, from where on each is refused. */
export const bearableLoad: Record<WorkClass, number> = { report: 0.7, list: 0.8, read: 0.9, write: 1 }

/** Many calls upstream each, and more rows than any other. */
const reportScopes: readonly unknown[] = ['leads:read', 'brokerages:read']

export interface RouteFacts {
  method: string
  config: FastifyContextConfig
  schema?: { querystring?: unknown } | undefined
}

export const classOf = ({ method, config, schema }: RouteFacts): WorkClass => {
  if (config.workClass) return config.workClass
  if (method !== 'GET' && method !== 'HEAD') return 'write'
  if (reportScopes.includes(config.scope)) return 'report'
  const { properties = {} } = (schema?.querystring ?? {}) as { properties?: object }
  return 'limit' in properties ? 'list' : 'read'
}
