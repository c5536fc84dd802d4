import { expect, test } from 'vitest'
import { Problem, toProblemDocument } from '#src/problems.ts'

test.for(['upstream-failed', 'upstream-timeout', 'upstream-rate-limited'] as const)(
  '%s: a write with an unknown outcome is never called retryable',
  (code) => {
    const upstream = { system: 'liondesk', operation: 'create', code: null, status: 503, retryable: true } as const
    const unknown = toProblemDocument(new Problem(code, { outcome: 'unknown', upstream }), 'id')
    expect(unknown).toMatchObject({ outcome: 'unknown', upstream: { ...upstream, retryable: false } })
    expect(toProblemDocument(new Problem(code, { upstream }), 'id').upstream).toEqual(upstream)
  },
)
