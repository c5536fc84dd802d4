/** Whether the parameter `include` of a query names a part, as in `include=property,source`. */
export const includes = (query: unknown, part: 'source' | 'property'): boolean => {
  const { include } = query as { include?: string }
  return include?.split(',').includes(part) ?? false
}
