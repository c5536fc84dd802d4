import { type ControlRoutes, createCommonControls, toObject, toOptionalText } from '../http/controls.ts'
import { listen } from '../http/listen.ts'
import { createSwitchboard, type UpstreamControl } from '../http/switchboard.ts'
import type { Lead, World } from '../world/types.ts'
import { createLeadAdder, type LeadInput } from './added-leads.ts'
import { createLeadIndex } from './lead-index.ts'
import { createMethods } from './methods.ts'
import { createHourlyCap } from './quota.ts'
import { createSpacioSettings, type SpacioSettings } from './settings.ts'
import { createTokens } from './tokens.ts'
import { createSpacioUpstream } from './upstream.ts'

export interface SpacioControl extends UpstreamControl<SpacioSettings> {
  addLead(input: LeadInput): Lead[]
  removeLead(id: string): boolean
  /** Revokes the tokens of one agent or manager, or all tokens. Returns their number. */
  revokeTokens(email?: string): number
}

const apiKey = 'sandbox-spacio-key'

export async function startSpacio(world: World, host: string, port: number) {
  const settings = createSpacioSettings()
  const index = createLeadIndex(world)
  const tokens = createTokens(settings.current)
  const quota = createHourlyCap(() => settings.current().rateCap)
  const methods = createMethods({ world, index, tokens, settings: settings.current })
  const routes = Object.keys(methods)
  const operations = [...new Set(routes.map((route) => route.slice(3))), ...routes]
  const {
    faults,
    journal,
    control: common,
  } = createSwitchboard(settings, operations, () => {
    index.reset()
    tokens.clear()
    quota.reset()
  })
  const control: SpacioControl = {
    ...common,
    addLead: createLeadAdder(world, index),
    removeLead: index.remove,
    revokeTokens: tokens.revoke,
  }
  const controls: ControlRoutes = {
    ...createCommonControls({ faults, journal, settings, reset: control.reset }),
    'POST /__leads': (input) => ({ data: control.addLead({ sid: Number.NaN, ...toObject(input) }) }),
    'DELETE /__leads': (input) => ({ removed: control.removeLead(toOptionalText(toObject(input).id) ?? '') }),
    'POST /__tokens/revoke': (input) => ({ revoked: control.revokeTokens(toOptionalText(toObject(input).email)) }),
  }
  const upstream = createSpacioUpstream({ apiKey, methods, quota, settings: settings.current })
  const server = await listen({ upstream, controls, faults, journal }, host, port)
  return { url: server.url, apiKey, control, close: server.close }
}
