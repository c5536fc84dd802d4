/** Reads settings that control access to the gateway. */
import { isIP } from 'node:net'
import { type Environment, isLoopback, readNumber, readString, readStringList, rejectVariable } from './environment.ts'

const isAddressRange = (text: string): boolean => {
  const [address = '', bits, ...rest] = text.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0 || address.includes('%')) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
}

export const readTrustedProxies = (env: Environment, name: string): string[] => {
  const ranges = readStringList(env, name)
  return ranges.every(isAddressRange)
    ? ranges
    : rejectVariable(name, 'must be addresses or CIDR ranges such as 10.0.0.0/8, separated by commas')
}

const rateLimitRange = { min: 1, max: 1_000_000 }

/** Returns requests per minute; null: no limit. */
export const readRateLimit = (env: Environment, name: string, fallback: number): number | null => {
  if (readString(env, name) === 'off') return null
  const limit = readNumber(env, name, fallback, rateLimitRange.min, rateLimitRange.max)
  return Number.isInteger(limit) ? limit : rejectVariable(name, 'must be a whole number, or off')
}

/** The documentation page shows this key to everyone, so only keys with the demo prefix are accepted. */
export const readDemoKey = (env: Environment, name: string, host: string): string | null => {
  const key = readString(env, name)
  if (key === undefined) return null
  if (!/^fk_demo_[\w-]{38}$/.test(key)) return rejectVariable(name, 'must be a demo key, which begins with fk_demo_')
  return isLoopback(host)
    ? key
    : rejectVariable(
        name,
        'can be set only if HOST is a loopback address, because the documentation page shows the key',
      )
}
