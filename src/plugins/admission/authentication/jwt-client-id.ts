/** Clients of tokens are named apart from those of keys, whose ids hold no colon. */
export const tokenClient = (subject: string): string => `jwt:${subject}`

export const isTokenClient = (client: string): boolean => client.startsWith('jwt:')
