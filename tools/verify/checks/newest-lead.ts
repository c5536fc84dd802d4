import { withQuery } from '../check.ts'
import type { Json } from '../contract.ts'
import type { Deployment } from '../deployment.ts'
import { SkippedCheck } from '../verdicts.ts'
import { readPage } from './lists.ts'

export const getTime = ({ createdAt }: Json): string => (typeof createdAt === 'string' ? createdAt : '')

/** Returns the first lead of the list and its day. */
export const readNewestLead = async (path: string, read: Deployment['read']): Promise<{ lead: Json; day: string }> => {
  const [lead] = readPage(await read(withQuery(path, { limit: 1 }))).data
  if (!lead) throw new SkippedCheck('there are no leads')
  return { lead, day: getTime(lead).slice(0, 10) }
}
