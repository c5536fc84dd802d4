import type { Mapping } from '#src/mapping/mapping.ts'
import * as agent from './agent.ts'
import * as lead from './lead.ts'
import * as openHouse from './open-house.ts'
import * as property from './property.ts'

/** All mapping tables of Spacio, by name: a module's own order of exports depends on what loaded it. */
export const spacioMappings = [property, openHouse, lead, agent]
  .flatMap((tables) => Object.values<Mapping<Record<string, unknown>>>(tables))
  .sort((left, right) => (left.name < right.name ? -1 : 1))
