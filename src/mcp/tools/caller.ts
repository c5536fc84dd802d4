import type { Static } from 'typebox'
import { Me } from '#schemas/me.ts'
import { defineTool } from '../tool.ts'

export const showMyAccess = defineTool({
  name: 'show_my_access',
  title: 'Show which data you may read',
  description:
    'Shows the scopes and grants of your credentials: the brokerages, teams and agents whose data you may read (`*`: all of them), and your LionDesk connections. Use it to find the ids that other tools need.',
  scope: null,
  input: {},
  output: Me,
  run: async (_args, get) => {
    const me = await get<Static<typeof Me>>(['me'])
    return { structured: me, text: JSON.stringify(me) }
  },
})
