/** A seeded random generator (mulberry32). Each label has an independent sequence. */
export interface Random {
  next(): number
  integer(low: number, high: number): number
  chance(probability: number): boolean
  pick<T>(items: readonly T[]): T
  text(length: number, alphabet: string): string
}

export const hexadecimal = '0123456789abcdef'
export const alphanumeric = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789'

const hashLabel = (seed: number, label: string): number => {
  let hash = seed >>> 0
  for (const character of label) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 2654435761) >>> 0
  return hash
}

export function createRandom(seed: number, label: string): Random {
  let state = hashLabel(seed, label)
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  const integer = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1))
  const pick = <T>(items: readonly T[]): T => {
    const item = items[integer(0, items.length - 1)]
    if (item === undefined) throw new Error('Nothing to pick from')
    return item
  }
  const text = (length: number, alphabet: string): string => {
    let result = ''
    for (let index = 0; index < length; index++) result += alphabet[integer(0, alphabet.length - 1)]
    return result
  }
  return { next, integer, chance: (probability) => next() < probability, pick, text }
}
