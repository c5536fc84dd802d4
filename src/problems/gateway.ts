import type { ProblemDefinitions } from './definition.ts'

/** The gateway itself cannot process the request. */
export const gatewayProblems = {
  internal: {
    status: 500,
    title: 'Internal error',
    actor: 'operator',
    retryable: false,
    meaning: 'The gateway failed because of a bug.',
    causes: ['The gateway has a bug. The response shows no details; the log has them, under the same `requestId`.'],
    remedy: 'Report the `requestId` to the operator.',
    example: {},
  },
  overloaded: {
    status: 503,
    title: 'Overloaded',
    actor: 'operator',
    retryable: true,
    meaning: 'The gateway has more work than it can process.',
    causes: [
      'The request waited too long in the queue. The gateway rejects reports first, then lists, then single reads, and writes last.',
      'The request waited too long for a call to the upstream, because many calls of the same kind were in progress.',
      'Too many exports run at the same time. The limit is 3 per tenant and 8 per process.',
      'Too many requests read windows of more than 2,000 leads at the same time. The limit is 2 per tenant and 4 per process.',
      'The upstream replies that the process holds in memory exceed 64 MiB.',
      'The process is shutting down; `GET /health/ready` reports this.',
    ],
    remedy: 'Wait for `Retry-After` seconds, then send the request again.',
    example: { retryAfter: 2 },
  },
} satisfies ProblemDefinitions
