/** Finds ids for the requests: options, examples of the contract, and ids in responses. */
import { UsageError } from '../../cli/command.ts'
import type { Json } from './contract.ts'
import { type Deployment, type GatewayResponse, getCode } from './deployment.ts'

export const sampleNames = ['sid', 'agent', 'brokerage', 'team', 'event', 'contact'] as const

export type SampleName = (typeof sampleNames)[number]

/** Ids of objects that the key may read. A kind without any is absent. */
export type Samples = Readonly<
  Partial<
    Record<
      SampleName | 'connection' | 'eventProperty' | 'email' | 'brokerageLead' | 'teamLead' | 'propertyLead',
      string
    >
  >
>

/** Names of the corresponding parameters in the contract. */
const parameterNames: Record<SampleName, string> = {
  ...{ sid: 'sid', agent: 'agent', brokerage: 'brokerageId', team: 'teamId', event: 'eventId' },
  contact: 'contactId',
}

const samplePaths: Record<SampleName, (id: string) => string> = {
  brokerage: (id) => `/leads?brokerageId=${id}&limit=1`,
  team: (id) => `/leads?teamId=${id}&limit=1`,
  agent: (id) => `/agents/${encodeURIComponent(id)}/properties?limit=1`,
  sid: (id) => `/properties/${id}`,
  event: (id) => `/events/${id}/properties?limit=1`,
  contact: (id) => `/contacts/${id}`,
}

const getFirst = ({ body }: GatewayResponse): Json => ((body.data as Json[] | undefined) ?? [])[0] ?? {}

const toText = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined

export const findSamples = async (deployment: Deployment, knownSamples: Partial<Record<SampleName, string>>) => {
  const { contract, ask } = deployment

  const findExample = (name: SampleName): string | undefined =>
    contract.operations
      .flatMap(({ parameters }) => parameters)
      .filter(({ name: each }) => each === parameterNames[name])
      .map(({ example, schema }) => toText(example) ?? toText((schema?.examples as unknown[] | undefined)?.[0]))
      .find((example) => example !== undefined)

  /** Returns the first id that can be read. An id from the command line must be readable. */
  const find = async (name: SampleName, found: readonly (string | undefined)[]) => {
    const isOption = knownSamples[name] !== undefined
    const candidates = isOption ? [knownSamples[name]] : [...found, findExample(name)]
    for (const id of new Set(candidates)) {
      if (id === undefined) continue
      const answer = await ask(samplePaths[name](id), { skipsContract: true })
      if (answer.status === 200) return { id, answer }
      if (answer.status === 401 && deployment.hasCredentials) {
        throw new UsageError('the key or token was rejected (401)')
      }
      if (isOption) throw new UsageError(`--${name} cannot be read with this key: ${answer.status} ${getCode(answer)}`)
    }
    return undefined
  }

  const brokerage = await find('brokerage', [])
  const lead = brokerage ? getFirst(brokerage.answer) : {}
  const team = await find('team', [])
  const sid = await find('sid', [toText(lead.sid)])
  const agent = await find('agent', [toText(sid?.answer.body.listAgentEmail), toText(lead.agentEmail)])
  const agentSid = sid ?? (await find('sid', [agent && toText(getFirst(agent.answer).sid)]))
  const event = await find('event', [])
  const eventResponse = event && (await ask(`/events/${event.id}`, { skipsContract: true }))
  const contact = await find('contact', [toText(eventResponse?.body?.contactId)])
  const connections = await ask('/connections', { skipsContract: true })
  const visitors = agentSid && (await ask(`/leads?sid=${agentSid.id}&limit=1`, { skipsContract: true }))
  const samples = {
    ...{ brokerage: brokerage?.id, team: team?.id, sid: agentSid?.id, agent: agent?.id, event: event?.id },
    connection: toText(getFirst(connections).id),
    eventProperty: event && toText(getFirst(event.answer).id),
    ...{ contact: contact?.id, email: contact && toText(contact.answer.body.email) },
    brokerageLead: toText(lead.id),
    teamLead: team && toText(getFirst(team.answer).id),
    propertyLead: visitors && toText(getFirst(visitors).id),
  }
  return Object.fromEntries(Object.entries(samples).filter(([, id]) => id !== undefined)) as Samples
}
