/** Why a bearer token is not accepted: a word for log and metric, and a sentence for the caller. Neither quotes it. */
export const rejectionDetails = {
  expired: 'The token has expired.',
  'not-yet-valid': 'The token is not valid yet.',
  audience: 'The token is for another audience.',
  issuer: 'The token is of another issuer.',
  signature: 'The signature of the token is not valid.',
  'unknown-key': 'The token is signed with an unknown key.',
  algorithm: 'The algorithm of the token is not accepted.',
  claims: 'The token lacks a claim, or a claim cannot be read.',
  malformed: 'The token is not a signed JWT.',
} as const

export type RejectionReason = keyof typeof rejectionDetails

export const rejectionReasons = Object.keys(rejectionDetails) as RejectionReason[]
