import type { Tracing } from './tracing-types.ts'

/** Loads OpenTelemetry only if it is needed. Returns null if traces are disabled. */
export const loadTracing = async (endpoint: string | null, flushTimeoutMs?: number): Promise<Tracing | null> => {
  if (endpoint === null) return null
  const { createTracing } = await import('./spans.ts')
  return createTracing(endpoint, flushTimeoutMs)
}
