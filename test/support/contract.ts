import { readFileSync } from 'node:fs'
import { type Reply, readContract } from '../../tools/verify/contract.ts'

const { findViolation } = readContract(
  JSON.parse(readFileSync(new URL('../../openapi/foyer.json', import.meta.url), 'utf8')),
)

/** Throws unless the reply is what `openapi/foyer.json` promises. */
export const assertContract = (reply: Reply): void => {
  const violation = findViolation(reply)
  if (violation !== null) throw new Error(`contract: ${violation} (${reply.method} ${reply.url} ${reply.status})`)
}
