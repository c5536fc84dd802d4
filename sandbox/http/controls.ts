import type { Faults } from './faults.ts'
import type { Journal } from './journal.ts'
import type { Exchange, Reply } from './types.ts'
import { createJsonReply } from './types.ts'

/** Handles a control call. Thrown errors become a 400. */
type ControlRoute = (input: unknown) => unknown

export type ControlRoutes = Record<string, ControlRoute>

interface ControlParts {
  faults: Faults
  journal: Journal
  settings: { current(): object; set(changes: object): object }
  reset(): void
}

/** The controls that both upstreams share, by method and path. */
export function createCommonControls({ faults, journal, settings, reset }: ControlParts): ControlRoutes {
  const done = { done: true }
  return {
    'GET /__faults': () => ({ data: faults.list() }),
    'POST /__faults': (input) => faults.add(input as Parameters<Faults['add']>[0]),
    'DELETE /__faults': () => {
      faults.clear()
      return done
    },
    'GET /__requests': () => ({ data: journal.entries() }),
    'DELETE /__requests': () => {
      journal.clear()
      return done
    },
    'GET /__settings': () => settings.current(),
    'POST /__settings': (input) => settings.set(toObject(input)),
    'POST /__reset': () => {
      reset()
      return done
    },
  }
}

export function toObject(input: unknown): Record<string, unknown> {
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) return { ...input }
  throw new TypeError('The body must be a JSON object')
}

export const toOptionalText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

export function answerControl(routes: ControlRoutes, exchange: Exchange): Reply {
  const route = routes[`${exchange.method} ${exchange.path}`]
  if (route === undefined)
    return createJsonReply(404, { message: `There is no switch ${exchange.method} ${exchange.path}` })
  try {
    const input: unknown = exchange.body.length === 0 ? {} : JSON.parse(exchange.body.toString())
    return createJsonReply(200, route(input))
  } catch (error) {
    return createJsonReply(400, { message: error instanceof Error ? error.message : String(error) })
  }
}
