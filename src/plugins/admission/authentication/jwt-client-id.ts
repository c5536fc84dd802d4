/** Clients of tokens are named apart from those of keys, whose ids hold no colon. */
export const toJwtClientId = (subject: string): string => `jwt:${subject}`

export const isJwtClientId = (client: string): boolean => client.startsWith('jwt:')
