import { errorCodes } from '#src/upstreams/spacio/errors.ts'
import { createReference, type Json } from './schemas.ts'

const errorCode: Json = {
  description: 'The documented error codes. `no-results` stands for an empty list.',
  type: 'string',
  enum: Object.keys(errorCodes),
  examples: ['invalid-sid'],
}

const errorProperties: Json = {
  message: {
    type: 'string',
    description: 'In words; with `rate-reached` it tells when the hourly cap is reset, in UTC.',
  },
  redirectUrl: { type: 'string', format: 'uri', description: 'With `invalid-email`: where to send the user.' },
}

const createLayout = (codeAt: Json, ...required: string[]): Json => ({
  type: 'object',
  properties: { ...codeAt, ...errorProperties },
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
      createReference('ErrorCode'),
      createLayout({ error: createReference('ErrorCode') }, 'error'),
      {
        type: 'object',
        properties: { error: createLayout({ code: createReference('ErrorCode') }, 'code') },
        required: ['error'],
      },
      createLayout({ status: { type: 'string', enum: ['error'] }, code: createReference('ErrorCode') }, 'code'),
      createLayout({ errorCode: createReference('ErrorCode') }, 'errorCode'),
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
        schema: createReference('Error'),
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
