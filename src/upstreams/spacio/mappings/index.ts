import * as agent from './agent.ts'
import * as lead from './lead.ts'
import * as openHouse from './open-house.ts'
import * as property from './property.ts'

/** All mapping tables of Spacio. */
export const spacioMappings = [property, openHouse, lead, agent].flatMap((tables) => Object.values(tables))
