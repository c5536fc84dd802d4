import type { Json } from './types.ts'

const splitPointer = (reference: string): string[] =>
  reference
    .slice(2)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))

/** Resolves a `$ref` and merges the properties beside it. Returns other nodes unchanged. */
export const follow = (document: Json, node: Json): Json => {
  const { $ref, ...beside } = node
  if (typeof $ref !== 'string') return node
  const target = splitPointer($ref).reduce<Json>((value, part) => (value[part] ?? {}) as Json, document)
  return { ...target, ...beside }
}
