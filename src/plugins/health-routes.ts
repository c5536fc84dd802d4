import type { FastifyRequest } from 'fastify'

/** Returns true for health-check routes. They are exempt from load shedding and rate limits. */
export const isProbe = ({ route }: Pick<FastifyRequest, 'route'>): boolean => isProbeUrl(route.url)

export const isProbeUrl = (template: string | undefined): boolean => template?.startsWith('/health/') ?? false
