/** Who is let in, and how often. */
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
    : rejectVariable(name, 'must be addresses or CIDR ranges such as 10.0.0.0/8, with commas between')
}

const rateLimitRange = { least: 1, most: 1_000_000 }

/** Requests a minute; null: any number. */
export const readRateLimit = (env: Environment, name: string, fallback: number): number | null => {
  if (readString(env, name) === 'off') return null
  const limit = readNumber(env, name, fallback, rateLimitRange.least, rateLimitRange.most)
  return Number.isInteger(limit) ? limit : rejectVariable(name, 'must be a whole number, or off')
}

/** Whoever opens the documentation can read it: no key that opens anything real begins like that, but by chance. */
export const readDemoKey = (env: Environment, name: string, host: string): string | null => {
  const key = readString(env, name)
  if (key === undefined) return null
  if (!/^fk_demo_[\w-]{38}$/.test(key))
    return rejectVariable(name, 'must be a key of the demo, which begins with fk_demo_')
  return isLoopback(host)
    ? key
    : rejectVariable(name, 'can be given only where HOST is a loopback address: it is shown to all')
}
