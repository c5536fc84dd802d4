import type { Kinds } from './kind.ts'

/** The gateway itself cannot. */
export const ofTheGateway = {
  internal: {
    status: 500,
    title: 'Internal error',
    actor: 'operator',
    retryable: false,
    meaning: 'The gateway has a defect.',
    causes: ['A bug. The reply tells nothing of it; the log does, under the same `requestId`.'],
    remedy: 'Report the `requestId` to the operator.',
    example: {},
  },
  overloaded: {
    status: 503,
    title: 'Overloaded',
    actor: 'operator',
    retryable: true,
    meaning: 'The gateway has more work than it can do.',
    causes: [
      'Too many requests at a time. Reports are refused first, then lists, single reads, and writes last.',
      'Too many exports run at the same time: 3 for a tenant, 8 in the process.',
      'Too many calls of one kind wait for the upstream.',
      'The process is stopping: `GET /health/ready` says so.',
    ],
    remedy: 'Wait for `Retry-After` seconds.',
    example: { retryAfter: 2 },
  },
} satisfies Kinds
