import type { Description, Exchange, Reply, Upstream } from '../http/types.ts'
import { createHtmlReply } from '../http/types.ts'
import { secondMs } from '../time.ts'
import { createErrorReply, getErrorCode } from './errors.ts'
import { readForm } from './form.ts'
import type { Method } from './methods.ts'
import type { HourlyCap } from './quota.ts'
import type { SpacioSettings } from './settings.ts'

interface UpstreamParts {
  apiKey: string
  methods: Record<string, Method>
  quota: HourlyCap
  settings(): Readonly<SpacioSettings>
}

const reportV2 = 'v2/getRegistrantsByBrokerage'

const parseRoute = (path: string): string | undefined => /^\/api\/(v[12]\/\w+)$/.exec(path)?.[1]

export function createSpacioUpstream({ apiKey, methods, quota, settings }: UpstreamParts): Upstream {
  const refuse = (code: string, resetAt?: number): Reply => createErrorReply(code, settings(), resetAt)

  const describe = async (exchange: Exchange): Promise<Description> => {
    const route = parseRoute(exchange.path)
    const known = route !== undefined && Object.hasOwn(methods, route)
    const form = await readForm(exchange)
    return known ? { operation: route.slice(3), aliases: [route], form } : { operation: 'unknown', form }
  }

  const call = (method: Method, form: Record<string, string>): Reply => {
    try {
      return { status: 200, headers: { 'content-type': settings().contentType }, body: method(form).text }
    } catch (error) {
      const code = getErrorCode(error)
      if (code === null) throw error
      return refuse(code)
    }
  }

  const answer = async (exchange: Exchange, { form = {} }: Description): Promise<Reply> => {
    const route = parseRoute(exchange.path) ?? ''
    const method = Object.hasOwn(methods, route) ? methods[route] : undefined
    const { v2 } = settings()
    if (method === undefined || (route === reportV2 && v2 === 'not-found')) return createHtmlReply(404, 'Not Found')
    if (exchange.method !== 'POST') return createHtmlReply(405, 'Method Not Allowed', { allow: 'POST' })
    if (exchange.request.headers.apikey !== apiKey) return refuse('not-authorized')
    if (!quota.spend(Date.now())) return refuse('rate-reached')
    if (route === reportV2 && v2 !== 'available') return refuse(v2)
    return call(method, form)
  }

  return {
    describe,
    answer,
    refuse: (refusal) => {
      if (refusal.kind === 'unauthorized') return refuse('not-authorized')
      if (refusal.kind === 'error') return refuse(refusal.code)
      const { kind, resetsIn } = refusal
      return refuse(kind, resetsIn === undefined ? undefined : Date.now() + resetsIn * secondMs)
    },
  }
}
