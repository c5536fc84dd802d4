// This file is auto-generated from the catalogue of problems

/** Of each problem its status, and whether the same request may succeed later without a change. */
export const catalogue = {
  'invalid-request': { status: 400, retryable: false },
  'unauthenticated': { status: 401, retryable: false },
  'forbidden': { status: 403, retryable: false },
  'upstream-access-denied': { status: 403, retryable: false },
  'not-found': { status: 404, retryable: false },
  'unknown-property': { status: 404, retryable: false },
  'unknown-brokerage': { status: 404, retryable: false },
  'unknown-team': { status: 404, retryable: false },
  'unknown-agent': { status: 404, retryable: false },
  'unknown-lead': { status: 404, retryable: false },
  'method-not-allowed': { status: 405, retryable: false },
  'not-acceptable': { status: 406, retryable: false },
  'conflict': { status: 409, retryable: true },
  'reauthorization-required': { status: 409, retryable: false },
  'cursor-expired': { status: 410, retryable: false },
  'precondition-failed': { status: 412, retryable: false },
  'body-too-large': { status: 413, retryable: false },
  'unsupported-media-type': { status: 415, retryable: false },
  'unprocessable': { status: 422, retryable: false },
  'window-too-large': { status: 422, retryable: false },
  'idempotency-mismatch': { status: 422, retryable: false },
  'http-version-too-old': { status: 426, retryable: false },
  'rate-limited': { status: 429, retryable: true },
  'internal': { status: 500, retryable: false },
  'upstream-credentials': { status: 502, retryable: false },
  'upstream-invalid-response': { status: 502, retryable: false },
  'upstream-failed': { status: 502, retryable: true },
  'upstream-rate-limited': { status: 503, retryable: true },
  'upstream-unavailable': { status: 503, retryable: true },
  'overloaded': { status: 503, retryable: true },
  'upstream-timeout': { status: 504, retryable: true },
} as const;

export type ProblemCode = keyof typeof catalogue;
