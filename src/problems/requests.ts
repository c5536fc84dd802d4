import type { ProblemDefinitions } from './definition.ts'

/** The caller must change the request. */
export const requestProblems = {
  'invalid-request': {
    status: 400,
    title: 'Invalid request',
    actor: 'caller',
    retryable: false,
    meaning: 'The URL, a parameter or the body is not valid for this operation.',
    causes: [
      'A parameter is misspelled. Unknown parameters are rejected, so that a mistyped filter never widens a list.',
      'A value has the wrong type or format, such as `limit=0`, an invalid date, or a `sid` that is not an integer.',
      'The window is longer than 366 days, or `from` is after `to`.',
      'The request names no source or several sources. `/leads` needs exactly one of `brokerageId`, `teamId` and `sid`.',
      'The body is not valid JSON, or it has an unknown field.',
      'The feed cursor is truncated or changed, or it belongs to another feed.',
    ],
    remedy: 'Correct the values that `errors` lists, then send the request again.',
    example: {
      detail: 'ctiy is not a parameter of this operation.',
      errors: [{ path: 'query/ctiy', message: 'is not a parameter of this operation' }],
    },
  },
  'method-not-allowed': {
    status: 405,
    title: 'Method not allowed',
    actor: 'caller',
    retryable: false,
    meaning: 'The resource does not support this method.',
    causes: ['The request uses `PUT` instead of `PATCH`, or sends `POST` to a single object.'],
    remedy: 'Use one of the methods in the `Allow` header.',
    example: {},
  },
  'not-acceptable': {
    status: 406,
    title: 'Not acceptable',
    actor: 'caller',
    retryable: false,
    meaning: 'The operation supports none of the media types in `Accept`.',
    causes: ['`Accept` lists only media types that the operation does not support, such as `text/html`.'],
    remedy: 'Send `Accept: application/json`, or a media type that the operation documents.',
    example: { detail: '`Accept` must allow application/json.' },
  },
  'body-too-large': {
    status: 413,
    title: 'Body too large',
    actor: 'caller',
    retryable: false,
    meaning: 'The request body is larger than the limit.',
    causes: ['The body is larger than 16 KiB. No operation needs a body of that size.'],
    remedy: 'Send a smaller body.',
    example: { detail: 'The request body is larger than 16 KiB.' },
  },
  'unsupported-media-type': {
    status: 415,
    title: 'Unsupported media type',
    actor: 'caller',
    retryable: false,
    meaning: 'The operation does not support the media type of the request body.',
    causes: [
      'The header `Content-Type: application/json` is missing. By default, `curl -d` sends a form.',
      'The body is compressed, or the request sends a merge patch with a method other than `PATCH`.',
    ],
    remedy: 'Send an uncompressed body with `Content-Type: application/json`.',
    example: {
      detail:
        'Send the body as application/json. A PATCH request can also have the media type application/merge-patch+json.',
    },
  },
  'http-version-too-old': {
    status: 426,
    title: 'HTTP/1.1 required',
    actor: 'operator',
    retryable: false,
    meaning: 'Exports need HTTP/1.1 or later.',
    causes: [
      'A proxy in front of the gateway uses HTTP/1.0. nginx does so by default; set `proxy_http_version 1.1`.',
      'The client sent an HTTP/1.0 request.',
    ],
    remedy: 'Use HTTP/1.1. Over HTTP/1.0, a client cannot tell a truncated export from a complete one.',
    example: {},
  },
  unprocessable: {
    status: 422,
    title: 'Unprocessable',
    actor: 'caller',
    retryable: false,
    meaning: 'The request is well-formed, but a value in it is not allowed.',
    causes: [
      'A text is too long for LionDesk, a number is out of range, or the body has a read-only field.',
      'The photo URLs together are longer than 255 characters.',
      '`fromSid` names a property that does not exist, or for which you have no grant.',
      '`include=property` needs more than 60 properties that are not cached, or an export has more than 5,000 leads.',
      'LionDesk rejected a value.',
    ],
    remedy: 'Correct the values that `errors` lists, then send the request again.',
    example: {
      detail: 'body/latitude must be <= 90.',
      errors: [{ path: 'body/latitude', message: 'must be <= 90' }],
    },
  },
  'window-too-large': {
    status: 422,
    title: 'Window too large',
    actor: 'caller',
    retryable: false,
    meaning: 'The window contains more leads than one list can return.',
    causes: [
      'The window from `from` to `to` contains more than 10,000 leads.',
      'The upstream sends the report of the window in one reply, and it is larger than 8 MiB.',
    ],
    remedy: 'Request fewer days, or use the export in the `Link` header.',
    example: {
      detail:
        'The window contains 12480 leads; a list returns at most 10000. Use GET /leads/export, which has no limit.',
    },
  },
  'idempotency-mismatch': {
    status: 422,
    title: 'Idempotency key reused',
    actor: 'caller',
    retryable: false,
    meaning: 'An earlier request with the same idempotency key had another body.',
    causes: [
      'The client uses one key for several different writes.',
      'The client changed the body, or `include`, between two attempts.',
    ],
    remedy: 'Use a new key for each new write.',
    example: {},
  },
} satisfies ProblemDefinitions
