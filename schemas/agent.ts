import { component, text, textOrNull, timeOrNull } from './fields.ts'
import { source } from './source.ts'

export const ClaimedAgent = component(
  'ClaimedAgent',
  'An agent of a brokerage who has claimed the account.',
  { email: text('E-mail address of the agent.'), source },
  { email: 'agent1@example.com' },
)

export const AgentActivity = component(
  'AgentActivity',
  'When an agent of a brokerage was last active.',
  { email: text('E-mail address of the agent.'), lastActiveAt: timeOrNull('Time of the last activity.'), source },
  { email: 'agent1@example.com', lastActiveAt: '2018-06-28T01:08:21Z' },
)

export const AccessToken = component(
  'AccessToken',
  'An access token for Spacio. Secret: keep it out of browsers and logs.',
  {
    email: text('E-mail address of the agent or manager.'),
    ukey: textOrNull('User key of the agent; managers have none.'),
    accessToken: text('The token.'),
  },
  { email: 'agent1@example.com', ukey: 'exampleUserKey01', accessToken: 'exampleToken0001' },
)
