/** Prefixes the subject of a token. Ids of API clients contain no colon, so the two never collide. */
export const toJwtClientId = (subject: string): string => `jwt:${subject}`

export const isJwtClientId = (client: string): boolean => client.startsWith('jwt:')
