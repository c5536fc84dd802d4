import type { Upstreams } from '#src/upstreams/index.ts'
import type { Authority } from './authorizer.ts'
import type { Call } from './request-context.ts'

export const createAccessTokenIssue = (upstreams: Upstreams, authority: Authority) => ({
  forAgent: async (email: string, { caller, signal }: Call) => {
    await authority.agent(caller, email)
    return upstreams.spacio(caller.tenant).issueAgentToken(email, signal)
  },

  forManager: async (email: string, { caller, signal }: Call) => {
    authority.everyAgent(caller)
    return upstreams.spacio(caller.tenant).issueManagerToken(email, signal)
  },
})
