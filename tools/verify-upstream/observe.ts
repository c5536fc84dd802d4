/** What the vendors' pages leave open and a reader can see. Each look fails alone, and then says nothing. */
import type { Visit } from './check.ts'
import { leadLooks } from './observe-leads.ts'
import { lionDeskLooks } from './observe-liondesk.ts'
import { spacioLooks } from './observe-spacio.ts'

export interface Observation {
  readonly about: string
  readonly finding: string
}

/** Null: it did not show. */
export type Look = (visit: Visit) => Promise<string | null> | string | null

const looks: Record<string, Look> = { ...leadLooks, ...spacioLooks, ...lionDeskLooks }

export const observe = async (visit: Visit): Promise<Observation[]> => {
  const observed: Observation[] = []
  for (const [about, look] of Object.entries(looks)) {
    const finding = await Promise.resolve()
      .then(() => look(visit))
      .catch(() => null)
    if (finding !== null) observed.push({ about, finding })
  }
  return observed
}
