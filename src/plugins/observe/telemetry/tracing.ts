import type { Tracing } from './tracing-types.ts'

/** Loaded only where it is wanted. Null: nobody wants traces. */
export const loadTracing = async (endpoint: string | null): Promise<Tracing | null> => {
  if (endpoint === null) return null
  const { createTracing } = await import('./spans.ts')
  return createTracing(endpoint)
}
