import { collectDefaultMetrics, prometheusContentType, Registry } from '@prometheus-io/client'

export interface Exposition {
  readonly registry: Registry
  readonly contentType: string
  renderMetrics(): Promise<string>
}

let processRegistry: Registry | undefined

/** Returns the metrics of the process, which all apps in it share. */
const getProcessRegistry = (): Registry => {
  if (processRegistry) return processRegistry
  processRegistry = new Registry()
  // The default of ten samples a second costs more than the requests that they measure.
  collectDefaultMetrics({ register: processRegistry, eventLoopUtilizationTimeout: 2_000 })
  return processRegistry
}

export const createExposition = (): Exposition => {
  const registry = new Registry()
  const sharedRegistry = getProcessRegistry()
  return {
    registry,
    contentType: prometheusContentType,
    renderMetrics: async () => `${await registry.metrics()}\n${await sharedRegistry.metrics()}`,
  }
}
