/** What the transport tells of a call: each attempt, and once the end of it all. */
import { expect, test } from 'vitest'
import type { UpstreamObserver } from '#src/upstream-observer.ts'
import { stack } from '#src/upstreams/transport/compose.ts'
import { createObservation } from '#src/upstreams/transport/observe.ts'
import { createRetry } from '#src/upstreams/transport/retry.ts'
import { forever, okReply, problem, requestOf, type Step, scripted, settled } from '../../../support/transport.ts'

const observed = (...steps: Step[]) => {
  const told: string[] = []
  const observer: UpstreamObserver = {
    begin: ({ tenant, system, operation, class: name }) => {
      told.push(`${tenant} ${system} ${operation} ${name}`)
      return {
        attempted: (outcome, milliseconds) => told.push(`attempt ${outcome} ${milliseconds >= 0}`),
        ended: (outcome, milliseconds) => told.push(`end ${outcome} ${milliseconds >= 0}`),
      }
    },
  }
  const { observeCall, observeAttempt } = createObservation(observer)
  const retry = createRetry({ now: () => 0, random: () => 0 })
  return { told, send: stack([observeCall, retry, observeAttempt], scripted(...steps).send) }
}

const begin = 't spacio getProperty read'

test.for<[string, Step[], string[]]>([
  ['an answer', [okReply], ['attempt ok true', 'end ok true']],
  [
    'a second attempt',
    [problem('upstream-failed', 503), okReply],
    ['attempt upstream-failed true', 'attempt ok true', 'end ok true'],
  ],
  ['what the upstream denies', [problem('not-found', 404)], ['attempt not-found true', 'end not-found true']],
  ['a defect of ours', [new TypeError('x')], ['attempt defect true', 'end defect true']],
])('%s', async ([, steps, want]) => {
  const { told, send } = observed(...steps)
  await settled(send(requestOf(), forever()))
  expect(told).toEqual([begin, ...want])
})

test('a caller who left', async () => {
  const { told, send } = observed(problem('upstream-failed'))
  await settled(send(requestOf(), AbortSignal.abort(new Error('the client has left'))))
  expect(told).toEqual([begin, 'attempt left true', 'end left true'])
})

test('what is told changes neither the answer nor the error', async () => {
  const failure = problem('not-found', 404)
  expect(await observed(okReply).send(requestOf(), forever())).toBe(okReply)
  expect(await settled(observed(failure).send(requestOf(), forever()))).toBe(failure)
})
