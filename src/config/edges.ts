/** Who is let in, and how often. */
import { isIP } from 'node:net'
import { type Environment, listOf, numberOf, refuse, textOf } from './environment.ts'

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
