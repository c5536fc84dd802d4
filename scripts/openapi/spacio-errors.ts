import { errorCodes } from '#src/upstreams/spacio/errors.ts'
import { type Json, reference } from './schemas.ts'

const errorCode: Json = {
  description: 'The documented error codes. `no-results` stands for an empty list.',
  type: 'string',
  enum: Object.keys(errorCodes),
  examples: ['invalid-sid'],
}

const particulars: Json = {
  message: {
    type: 'string',
    description: 'In words; with `rate-reached` it tells when the hourly cap is reset, in UTC.',
  },
  redirectUrl: { type: 'string', format: 'uri', description: 'With `invalid-email`: where to send the user.' },
}

const layout = (codeAt: Json, ...required: string[]): Json => ({
  type: 'object',
  properties: { ...codeAt, ...particulars },
  required,
})

/** The vendor documents the codes, but neither their layout nor the status. */
export const errorSchemas: Json = {
  ErrorCode: errorCode,
  Error: {
    description:
      'The vendor documents the codes, but neither their JSON layout nor the HTTP status, which may be 200: ' +
      'these are the plausible layouts.',
    anyOf: [
      reference('ErrorCode'),
      layout({ error: reference('ErrorCode') }, 'error'),
      { type: 'object', properties: { error: layout({ code: reference('ErrorCode') }, 'code') }, required: ['error'] },
      layout({ status: { type: 'string', enum: ['error'] }, code: reference('ErrorCode') }, 'code'),
      layout({ errorCode: reference('ErrorCode') }, 'errorCode'),
    ],
    examples: [{ error: 'invalid-sid' }],
  },
}

const message = 'Cap reached (Next reset at: 2026-05-07 9:00:00 UTC)'

export const errorResponses: Json = {
  Refused: {
    description: 'The call was refused. The same may come with status 200.',
    content: {
      'application/json': {
        schema: reference('Error'),
        examples: {
          text: { value: 'invalid-sid' },
          error: { value: { error: 'invalid-email', redirectUrl: 'https://spac.io/' } },
          nested: { value: { error: { code: 'access-denied', message: 'Refused' } } },
          code: { value: { code: 'rate-reached', message } },
          status: { value: { status: 'error', code: 'not-authorized' } },
          errorCode: { value: { errorCode: 'no-results' } },
        },
      },
    },
  },
}
