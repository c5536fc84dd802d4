import type { Upstreams } from '#src/upstreams/index.ts'
import type { Authorizer } from './authorizer.ts'
import type { RequestContext } from './request-context.ts'

export const createAccessTokens = (upstreams: Upstreams, authorizer: Authorizer) => ({
  issueForAgent: async (email: string, { caller, signal }: RequestContext) => {
    await authorizer.requireAgent(caller, email)
    return upstreams.getSpacio(caller.tenant).issueAgentToken(email, signal)
  },

  issueForManager: async (email: string, { caller, signal }: RequestContext) => {
    authorizer.requireAllAgents(caller)
    return upstreams.getSpacio(caller.tenant).issueManagerToken(email, signal)
  },
})
