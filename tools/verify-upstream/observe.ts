/** Observes what the vendors do not document. A failed probe reports nothing and does not affect the others. */
import type { CheckContext } from './check.ts'
import { leadProbes } from './observe-leads.ts'
import { lionDeskProbes } from './observe-liondesk.ts'
import { spacioProbes } from './observe-spacio.ts'
import type { Probe } from './probe.ts'

export interface Observation {
  readonly about: string
  readonly finding: string
}

const probes: Record<string, Probe> = { ...leadProbes, ...spacioProbes, ...lionDeskProbes }

export const observe = async (context: CheckContext): Promise<Observation[]> => {
  const observations: Observation[] = []
  for (const [about, probe] of Object.entries(probes)) {
    const finding = await Promise.resolve()
      .then(() => probe(context))
      .catch(() => null)
    if (finding !== null) observations.push({ about, finding })
  }
  return observations
}
