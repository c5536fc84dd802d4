import type { FastifyRequest } from 'fastify'

/** Whether it is only asked how the process does: that is answered whatever the load, by the route and not by the URL. */
export const isProbe = ({ routeOptions }: Pick<FastifyRequest, 'routeOptions'>): boolean => isProbeUrl(routeOptions.url)

export const isProbeUrl = (template: string | undefined): boolean => template?.startsWith('/health/') ?? false
