import type { Json } from './types.ts'

const splitPointer = (reference: string): string[] =>
  reference
    .slice(2)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))

/** What a `$ref` stands for, with what stands beside it; anything else as it is. */
export const follow = (document: Json, node: Json): Json => {
  const { $ref, ...beside } = node
  if (typeof $ref !== 'string') return node
  const target = splitPointer($ref).reduce<Json>((value, part) => (value[part] ?? {}) as Json, document)
  return { ...target, ...beside }
}
