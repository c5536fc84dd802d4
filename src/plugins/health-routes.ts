import type { FastifyRequest } from 'fastify'

/** Whether it is only asked how the process does: that is answered whatever the load, by the route and not by the URL. */
export const isProbe = ({ route }: Pick<FastifyRequest, 'route'>): boolean => isProbeUrl(route.url)

export const isProbeUrl = (template: string | undefined): boolean => template?.startsWith('/health/') ?? false
