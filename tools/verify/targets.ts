/** Lists the requests to check: every GET operation, with ids in its path. */
import type { Json, Operation } from './contract.ts'
import type { Samples } from './samples.ts'

export interface Target {
  readonly name: string
  readonly operation: Operation
  readonly path: string
  /** True if the response is a page of a list. */
  readonly isList: boolean
}

interface Unreachable {
  readonly name: string
  readonly reason: string
}

type ParameterValues = Readonly<Record<string, string | undefined>>

const toParameterValues = (samples: Samples): ParameterValues => ({
  ...{ sid: samples.sid, agent: samples.agent, brokerageId: samples.brokerage, teamId: samples.team },
  ...{ eventId: samples.event, id: samples.eventProperty, code: 'not-found' },
  ...{ contactId: samples.contact, email: samples.email },
})

/** Parameters of which an operation needs exactly one. */
const sources = ['brokerageId', 'teamId', 'sid'] as const

const optionNames: Readonly<Record<string, string>> = {
  ...{ sid: '--sid', agent: '--agent', brokerageId: '--brokerage', teamId: '--team', eventId: '--event' },
  id: '--event, with a property',
  contactId: '--contact',
  email: '--contact, with an e-mail address',
}

const getReference = ({ responses }: Operation): string | undefined => {
  const content = (responses['200']?.content ?? {}) as Record<string, { schema?: Json }>
  const reference = content['application/json']?.schema?.$ref
  return typeof reference === 'string' ? reference : undefined
}

const isList = (operation: Operation): boolean => getReference(operation)?.endsWith('List') ?? false

/** Returns true if the operation takes one of the sources. */
const acceptsSource = ({ parameters }: Operation): boolean =>
  sources.every((name) => parameters.some((parameter) => parameter.in === 'query' && parameter.name === name))

const leadBySource = { brokerageId: 'brokerageLead', teamId: 'teamLead', sid: 'propertyLead' } as const

/** Returns the parameters that a search needs, with placeholders. An address is needed where one of two parameters is. */
const listRequiredQuery = ({ parameters }: Operation): string[] =>
  parameters
    .filter((parameter) => parameter.in === 'query' && (parameter.required || parameter.name === 'email'))
    .map(({ name }) => `${name}={${name}}`)

const fillTemplate = (template: string, known: ParameterValues): string | { missing: string } => {
  let missing: string | undefined
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = known[name]
    if (value === undefined) missing ??= optionNames[name] ?? name
    return encodeURIComponent(value ?? '')
  })
  return missing === undefined ? path : { missing }
}

const toTargets = (operation: Operation, samples: Samples): (Target | Unreachable)[] => {
  const name = operation.operationId
  if (operation.template === '/connections/callback') return [{ name, reason: 'only LionDesk redirects to it' }]
  const isConnection = operation.template.startsWith('/connections/')
  if (isConnection && samples.connection === undefined) return [{ name, reason: 'there are no connections' }]
  const known: ParameterValues = { ...toParameterValues(samples), ...(isConnection && { id: samples.connection }) }
  const isPaged = isList(operation)
  if (!acceptsSource(operation)) {
    const search = listRequiredQuery(operation).join('&')
    const path = fillTemplate(search === '' ? operation.template : `${operation.template}?${search}`, known)
    if (typeof path !== 'string') return [{ name, reason: `needs ${path.missing}` }]
    return [{ name, operation, path, isList: isPaged }]
  }
  return sources.map((source) => {
    const label = `${name} by ${source}`
    if (known[source] === undefined) return { name: label, reason: `needs ${optionNames[source]}` }
    const path = fillTemplate(operation.template, { ...known, id: samples[leadBySource[source]] })
    if (typeof path !== 'string') return { name: label, reason: 'there are no leads' }
    return { name: label, operation, path: `${path}?${source}=${known[source]}`, isList: isPaged }
  })
}

export const findTargets = (operations: readonly Operation[], samples: Samples) => {
  const all = operations.filter(({ method }) => method === 'GET').flatMap((each) => toTargets(each, samples))
  return {
    targets: all.filter((each): each is Target => 'path' in each),
    unreachable: all.filter((each): each is Unreachable => 'reason' in each),
  }
}
