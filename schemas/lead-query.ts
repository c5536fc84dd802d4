import { Type } from 'typebox'
import { oneOf } from './fields.ts'
import {
  brokerageId,
  dayWindow,
  email,
  include,
  integerFilters,
  paging,
  query,
  sid,
  teamId,
  textFilters,
} from './parameters.ts'

const answer = (description: string) =>
  Type.Optional(oneOf(['true', 'false', 'null'], { description: `${description} \`null\`: unknown.` }))

/** Parameters of the lists of leads. */
export const leadQuery = query({
  ...integerFilters('sid', 'property'),
  sid: Type.Optional({
    ...sid,
    examples: [],
    description: 'Spacio id of a property: the source, or a filter beside another source.',
  }),
  brokerageId: Type.Optional(brokerageId),
  teamId: Type.Optional({ ...teamId, examples: [] }),
  actingAgent: Type.Optional({
    ...email,
    examples: [],
    description: 'With `sid` alone: the agent whose token is used.',
  }),
  ...dayWindow,
  hasAgent: answer('Only visitors with (or without) an agent.'),
  'hasAgent[ne]': answer('Only visitors for whom this is not so.'),
  hasFinancing: answer('Only visitors with (or without) financing.'),
  'hasFinancing[ne]': answer('Only visitors for whom this is not so.'),
  ...textFilters('agentEmail', 'hosting agent'),
  sort: Type.Optional(
    oneOf(['-createdAt', 'createdAt'], { default: '-createdAt', description: 'Newest first, or oldest first.' }),
  ),
  ...paging,
  ...include,
})
