import type { Upstreams } from '#src/upstreams/index.ts'
import type { Call } from './call.ts'

export const createAccessTokenIssue = (upstreams: Upstreams) => ({
  forAgent: (email: string, { caller, signal }: Call) => upstreams.spacio(caller.tenant).issueAgentToken(email, signal),

  forManager: (email: string, { caller, signal }: Call) =>
    upstreams.spacio(caller.tenant).issueManagerToken(email, signal),
})
