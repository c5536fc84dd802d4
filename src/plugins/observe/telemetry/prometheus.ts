import { collectDefaultMetrics, prometheusContentType, Registry } from '@prometheus-io/client'
import { lazy } from '#src/lib/lazy.ts'

export interface Exposition {
  readonly registry: Registry
  readonly contentType: string
  renderMetrics(): Promise<string>
}

/** Returns the metrics of the process, which all apps in it share. */
const getProcessRegistry = lazy(() => {
  const registry = new Registry()
  // The default of ten samples a second costs more than the requests that they measure.
  collectDefaultMetrics({ register: registry, eventLoopUtilizationTimeout: 2_000 })
  return registry
})

export const createExposition = (): Exposition => {
  const registry = new Registry()
  const sharedRegistry = getProcessRegistry()
  return {
    registry,
    contentType: prometheusContentType,
    renderMetrics: async () => `${await registry.metrics()}\n${await sharedRegistry.metrics()}`,
  }
}
