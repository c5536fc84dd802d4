export type Json = Record<string, unknown>

export interface Change {
  /** The operation, and what of it. */
  readonly at: string
  readonly what: string
}

/** Both documents, where references lead. */
export interface Sides {
  readonly before: Json
  readonly after: Json
}
