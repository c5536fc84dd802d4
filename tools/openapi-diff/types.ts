export type Json = Record<string, unknown>

export interface Change {
  /** The operation, and the part of it that changed. */
  readonly at: string
  readonly what: string
}

/** Both documents, to resolve references. */
export interface Sides {
  readonly before: Json
  readonly after: Json
}
