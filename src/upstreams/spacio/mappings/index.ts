import type { Mapping } from '#src/mapping/mapping.ts'
import * as agent from './agent.ts'
import * as lead from './lead.ts'
import * as openHouse from './open-house.ts'
import * as property from './property.ts'

/** All mapping tables of Spacio by name, because the export order of a module depends on its importers. */
export const spacioMappings = [property, openHouse, lead, agent]
  .flatMap((tables) => Object.values<Mapping<Record<string, unknown>>>(tables))
  .sort((left, right) => (left.name < right.name ? -1 : 1))
