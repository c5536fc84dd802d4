import { readFileSync } from 'node:fs'
import { type Reply, readContract } from '../../tools/verify/contract.ts'

const { findViolation } = readContract(
  JSON.parse(readFileSync(new URL('../../openapi/foyer.json', import.meta.url), 'utf8')),
)

/** Throws if the reply does not match `openapi/foyer.json`. */
export const assertContract = (reply: Reply): void => {
  const violation = findViolation(reply)
  if (violation !== null) throw new Error(`contract: ${violation} (${reply.method} ${reply.url} ${reply.status})`)
}
