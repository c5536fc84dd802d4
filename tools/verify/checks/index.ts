/** All that is checked, for what the key may see. */
import type { Check } from '../check.ts'
import type { Contract } from '../contract.ts'
import type { Samples } from '../samples.ts'
import { findTargets, type Target } from '../targets.ts'
import { Skipped } from '../verdicts.ts'
import { entityTagCheck, freshnessCheck, hasEntityTag, tellsOfPeople } from './caching.ts'
import { filterCheck, sortCheck, writesCheck } from './events.ts'
import { leadChecks } from './leads.ts'
import { boundsCheck, pagingCheck, partitionCheck } from './lists.ts'
import { problemChecks } from './problems.ts'
import { documentCheck, keyFirstCheck, replyCheck, unauthenticatedCheck, unknownParameterCheck } from './replies.ts'

export interface Wanted {
  readonly writes: boolean
  /** Somebody is asked for a key here. */
  readonly authenticates: boolean
}

const skipped = (name: string, reason: string): Check => ({
  name,
  run: async () => {
    throw new Skipped(reason)
  },
})

const isOf = (operationId: string) => (target: Target) => target.operation.operationId === operationId

export const checksFor = (contract: Contract, samples: Samples, { writes, authenticates }: Wanted): Check[] => {
  const { targets, unreachable } = findTargets(contract.operations, samples)
  const lists = targets.filter(({ isList }) => isList)
  const events = targets.filter(isOf('listEventProperties'))
  const reports = targets.filter(isOf('listLeads')).filter(({ path }) => /[?&](brokerageId|teamId)=/.test(path))
  const secret = targets.filter(tellsOfPeople)
  return [
    documentCheck,
    ...targets.map(replyCheck),
    ...unreachable.map(({ name, reason }) => skipped(`${name} answers as documented`, reason)),
    ...lists.flatMap((target) => [pagingCheck(target), boundsCheck(target)]),
    ...targets.filter(isOf('listLeads')).flatMap(leadChecks),
    ...events.flatMap((target) => [
      sortCheck(target),
      filterCheck(target),
      ...['bedroomsTotal', 'mlsStatus'].map((field) => partitionCheck(target, field)),
    ]),
    ...reports.flatMap((target) => ['agentEmail', 'sid'].map((field) => partitionCheck(target, field))),
    ...targets.map(unknownParameterCheck),
    ...problemChecks(samples),
    ...(authenticates
      ? [...secret.map(unauthenticatedCheck), ...secret.slice(0, 1).map(keyFirstCheck)]
      : [skipped('whoever has no key is asked for one', 'nobody is asked for a key here')]),
    ...targets.filter(hasEntityTag).map(entityTagCheck),
    ...secret.map(freshnessCheck),
    ...(writes ? events.map(({ path }) => writesCheck(path)) : []),
  ]
}
