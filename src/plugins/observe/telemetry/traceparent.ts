interface RemoteParent {
  readonly traceId: string
  readonly spanId: string
}

const traceparentPattern = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/

const isZero = (id: string): boolean => /^0+$/.test(id)

/**
 * Parses a W3C `traceparent` header. Returns null for an invalid one, and the gateway then starts a new trace.
 * @see https://www.w3.org/TR/trace-context/
 */
export const parseTraceparent = (traceparent: unknown): RemoteParent | null => {
  if (typeof traceparent !== 'string' || traceparent.length > 512) return null
  const [, version, traceId = '', spanId = '', extra] = traceparentPattern.exec(traceparent) ?? []
  if (version === undefined || version === 'ff' || (version === '00' && extra !== undefined)) return null
  return isZero(traceId) || isZero(spanId) ? null : { traceId, spanId }
}
