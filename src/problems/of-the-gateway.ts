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
      'The request waited too long for its turn. Reports are refused first, then lists, single reads, and writes last.',
      'The request waited too long for a call to the upstream, as many calls of its kind were under way.',
      'Too many exports run at the same time: 3 for a tenant, 8 in the process.',
      'Too many windows of more than 2,000 leads are read at the same time: 2 for a tenant, 4 in the process.',
      'The replies of the upstreams that the process holds at this moment are longer than 64 MiB together.',
      'The process is stopping: `GET /health/ready` says so.',
    ],
    remedy: 'Wait for `Retry-After` seconds.',
    example: { retryAfter: 2 },
  },
} satisfies Kinds
