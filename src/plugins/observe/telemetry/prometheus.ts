import { collectDefaultMetrics, prometheusContentType, Registry } from '@prometheus-io/client'

/** What can be scraped, and as what. */
export interface Exposition {
  readonly registry: Registry
  readonly contentType: string
  renderMetrics(): Promise<string>
}

let processRegistry: Registry | undefined

/** Memory, event loop and garbage: the process is one, however many apps it holds. */
const getProcessRegistry = (): Registry => {
  if (processRegistry) return processRegistry
  processRegistry = new Registry()
  // By default the loop is looked at ten times a second, and each look costs more than a request.
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
