/** Who is let in, and how often. */
import { isIP } from 'node:net'
import { type Environment, isLoopback, listOf, numberOf, refuse, textOf } from './environment.ts'

const isRange = (text: string): boolean => {
  const [address = '', bits, ...rest] = text.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0 || address.includes('%')) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
}

export const proxiesOf = (env: Environment, name: string): string[] => {
  const ranges = listOf(env, name)
  return ranges.every(isRange)
    ? ranges
    : refuse(name, 'must be addresses or CIDR ranges such as 10.0.0.0/8, with commas between')
}

const limits = { least: 1, most: 1_000_000 }

/** Requests a minute; null: any number. */
export const rateLimitOf = (env: Environment, name: string, fallback: number): number | null => {
  if (textOf(env, name) === 'off') return null
  const limit = numberOf(env, name, fallback, limits.least, limits.most)
  return Number.isInteger(limit) ? limit : refuse(name, 'must be a whole number, or off')
}

/** Whoever opens the documentation can read it: no key that opens anything real begins like that, but by chance. */
export const demoKeyOf = (env: Environment, name: string, host: string): string | null => {
  const key = textOf(env, name)
  if (key === undefined) return null
  if (!/^fk_demo_[\w-]{38}$/.test(key)) return refuse(name, 'must be a key of the demo, which begins with fk_demo_')
  return isLoopback(host) ? key : refuse(name, 'can be given only where HOST is a loopback address: it is shown to all')
}
