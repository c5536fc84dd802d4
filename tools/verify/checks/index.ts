/** Selects the checks for a deployment and the data that the key gives access to. */
import type { Check } from '../check.ts'
import type { Contract } from '../contract.ts'
import type { Samples } from '../samples.ts'
import { findTargets, type Target } from '../targets.ts'
import { SkippedCheck } from '../verdicts.ts'
import { createEntityTagCheck, createFreshnessCheck, hasEntityTag, hasPersonalData } from './caching.ts'
import { createContactCheck, createContactEventsCheck } from './contacts.ts'
import { createFilterCheck, createSortCheck, createWritesCheck } from './events.ts'
import { createLeadChecks } from './leads.ts'
import { createBoundsCheck, createPagingCheck, createPartitionCheck } from './lists.ts'
import { createProblemChecks } from './problems.ts'
import {
  createKeyFirstCheck,
  createReplyCheck,
  createUnauthenticatedCheck,
  createUnknownParameterCheck,
  documentCheck,
} from './replies.ts'

interface CheckSelection {
  readonly writes: boolean
  /** The deployment requires authentication. */
  readonly authenticates: boolean
}

const createSkippedCheck = (name: string, reason: string): Check => ({
  name,
  run: async () => {
    throw new SkippedCheck(reason)
  },
})

const isOperation = (operationId: string) => (target: Target) => target.operation.operationId === operationId

export const createChecks = (
  contract: Contract,
  samples: Samples,
  { writes, authenticates }: CheckSelection,
): Check[] => {
  const { targets, unreachable } = findTargets(contract.operations, samples)
  const lists = targets.filter(({ isList }) => isList)
  const events = targets.filter(isOperation('listEventProperties'))
  const reports = targets.filter(isOperation('listLeads')).filter(({ path }) => /[?&](brokerageId|teamId)=/.test(path))
  const secret = targets.filter(hasPersonalData)
  return [
    documentCheck,
    ...targets.map(createReplyCheck),
    ...unreachable.map(({ name, reason }) => createSkippedCheck(`${name} answers as documented`, reason)),
    ...lists.flatMap((target) => [createPagingCheck(target), createBoundsCheck(target)]),
    ...targets.filter(isOperation('listLeads')).flatMap(createLeadChecks),
    ...events.flatMap((target) => [
      createSortCheck(target),
      createFilterCheck(target),
      ...['bedroomsTotal', 'mlsStatus'].map((field) => createPartitionCheck(target, field)),
    ]),
    ...targets.filter(isOperation('listContacts')).map(createContactCheck),
    ...targets.filter(isOperation('listEvents')).map(createContactEventsCheck),
    ...reports.flatMap((target) => ['agentEmail', 'sid'].map((field) => createPartitionCheck(target, field))),
    ...targets.map(createUnknownParameterCheck),
    ...createProblemChecks(samples),
    ...(authenticates
      ? [...secret.map(createUnauthenticatedCheck), ...secret.slice(0, 1).map(createKeyFirstCheck)]
      : [createSkippedCheck('requests without a key get 401', 'the deployment does not require authentication')]),
    ...targets.filter(hasEntityTag).map(createEntityTagCheck),
    ...secret.map(createFreshnessCheck),
    ...(writes ? events.map(({ path }) => createWritesCheck(path)) : []),
  ]
}
