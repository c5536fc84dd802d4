import { AccessToken, AgentActivity, ClaimedAgent } from '#schemas/agent.ts'
import { requireValue } from '#src/mapping/codec.ts'
import { text, utcTime } from '#src/mapping/codecs.ts'
import { defineMapping } from '#src/mapping/mapping.ts'

/** getClaimedList, with each address wrapped as `{email}`. Source: the vendor's API page, "Claimed Accounts". */
export const claimedAgentMapping = defineMapping('spacio.claimedAgent', ClaimedAgent, {
  email: { from: 'email', codec: requireValue(text), reso: 'Member.MemberEmail' },
})

/** getActivityList. Source: the vendor's API page, "User Activity". */
export const agentActivityMapping = defineMapping('spacio.agentActivity', AgentActivity, {
  email: { from: 'email', codec: requireValue(text), reso: 'Member.MemberEmail' },
  lastActiveAt: { from: 'lastActive', codec: utcTime, reso: null },
})

/** getAccessToken, and getAccessTokenBM, which returns no ukey. Source: the vendor's API page, "Access Tokens". */
export const accessTokenMapping = defineMapping('spacio.accessToken', AccessToken, {
  email: { from: 'email', codec: text, reso: 'Member.MemberEmail', orFromContext: true },
  ukey: { from: 'ukey', codec: text, reso: null },
  accessToken: { from: 'accessToken', codec: requireValue(text), reso: null },
})
