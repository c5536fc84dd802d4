import { Type } from 'typebox'
import { getOne } from './fields.ts'
import { createIntegerFilters, createTextFilters, listFilterFields } from './filters.ts'
import { brokerageId, dayWindow, email, id, leadInclude, paging, query, sid, teamId } from './parameters.ts'

const createAnswerFilters = <Name extends 'hasAgent' | 'hasFinancing'>(name: Name, noun: string) => {
  const equal = Type.Optional(
    getOne(['true', 'false', 'null'], {
      description: `\`true\`: visitors with ${noun}. \`false\`: visitors without. \`null\`: unknown.`,
    }),
  )
  const differs = Type.Optional(
    getOne(['true', 'false', 'null'], { description: `Excludes visitors whose \`${name}\` has this value.` }),
  )
  return { [name]: equal, [`${name}[ne]`]: differs } as Record<Name | `${Name}[ne]`, typeof equal>
}

const leadSource = {
  brokerageId: Type.Optional(brokerageId),
  teamId: Type.Optional({ ...teamId, examples: [] }),
  sid: Type.Optional({
    ...sid,
    examples: [],
    description: 'Spacio id of a property. It is the source, or a filter if there is another source.',
  }),
  actingAgent: Type.Optional({
    ...email,
    examples: [],
    description: 'With `sid` alone: the agent whose token is used.',
  }),
}

const visitorFilters = {
  ...createAnswerFilters('hasAgent', 'an agent'),
  ...createAnswerFilters('hasFinancing', 'financing'),
}

const sidFilters = createIntegerFilters('sid', 'property')

const agentFilters = createTextFilters('agentEmail', 'e-mail address of the hosting agent, in any letter case,')

/** Filter fields of the leads of one property. */
export const propertyLeadFilterFields = listFilterFields(visitorFilters)

/** Filter fields of the leads of a brokerage or a team. */
export const reportLeadFilterFields = listFilterFields({ ...visitorFilters, ...sidFilters, ...agentFilters })

const leadParameters = {
  ...leadSource,
  ...dayWindow,
  ...visitorFilters,
  ...sidFilters,
  ...agentFilters,
  // Without a bracket, `sid` is also the source.
  sid: leadSource.sid,
  sort: Type.Optional(
    getOne(['-createdAt', 'createdAt'], { default: '-createdAt', description: 'Newest first, or oldest first.' }),
  ),
}

/** Parameters of the list of leads. */
export const leadQuery = query({ ...leadParameters, ...paging, ...leadInclude })

export const leadId = id('lead', '5cc84e8a92127d360d20be36')

/** Parameters of one lead. */
export const leadLookup = query({
  ...leadSource,
  createdAt: Type.Optional(
    Type.String({
      format: 'date-time',
      description: 'A hint: when the lead was created. The gateway searches this day first.',
    }),
  ),
  ...dayWindow,
  ...leadInclude,
})

export const leadExportQuery = query({
  ...leadParameters,
  ...leadInclude,
  format: Type.Optional(getOne(['csv', 'ndjson'], { description: 'The format of the file. It overrides `Accept`.' })),
  bom: Type.Optional(
    getOne(['true', 'false'], {
      description: 'Adds a byte-order mark to a CSV file. Some programs need it to recognize UTF-8.',
    }),
  ),
})
