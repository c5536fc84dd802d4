import type { FastifyRequest } from 'fastify'

/** Returns true for health-check routes. They are exempt from load shedding and rate limits. */
export const isProbe = ({ route }: Pick<FastifyRequest, 'route'>): boolean => route.url?.startsWith('/health/') ?? false
