/**
 * The reasons to reject a bearer token: a code for logs and metrics, and a sentence for the caller. Neither quotes the
 * token.
 */
export const rejectionDetails = {
  expired: 'The token has expired.',
  'not-yet-valid': 'The token is not valid yet.',
  audience: 'The token is for another audience.',
  issuer: 'The token comes from another issuer.',
  signature: 'The signature of the token is invalid.',
  'unknown-key': 'The token is signed with an unknown key.',
  algorithm: 'The signing algorithm of the token is not accepted.',
  claims: 'A claim of the token is missing or invalid.',
  malformed: 'The credentials are not a signed JWT. Send Authorization: Bearer JWT, or an API key in X-API-Key.',
} as const

export type RejectionReason = keyof typeof rejectionDetails

export const rejectionReasons = Object.keys(rejectionDetails) as RejectionReason[]
