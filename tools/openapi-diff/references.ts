import type { Json } from './types.ts'

const partsOf = (reference: string): string[] =>
  reference
    .slice(2)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))

/** What a `$ref` stands for, with what stands beside it; anything else as it is. */
export const follow = (document: Json, held: Json): Json => {
  const { $ref, ...beside } = held
  if (typeof $ref !== 'string') return held
  const found = partsOf($ref).reduce<Json>((value, part) => (value[part] ?? {}) as Json, document)
  return { ...found, ...beside }
}
