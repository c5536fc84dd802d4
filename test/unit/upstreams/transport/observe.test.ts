/** The events of a call that the transport reports: each attempt, and the end of the call once. */
import { expect, test } from 'vitest'
import type { UpstreamObserver } from '#src/upstream-observer.ts'
import { compose } from '#src/upstreams/transport/compose.ts'
import { createCallObservation } from '#src/upstreams/transport/observe.ts'
import { createRetry } from '#src/upstreams/transport/retry.ts'
import {
  createProblem,
  createRequest,
  createScriptedSend,
  okReply,
  type Step,
  toSettled,
  waitForever,
} from '../../../support/transport.ts'

const observed = (...steps: Step[]) => {
  const told: string[] = []
  const observer: UpstreamObserver = {
    begin: ({ tenant, system, operation, class: name }) => {
      told.push(`${tenant} ${system} ${operation} ${name}`)
      return {
        onAttempt: (outcome, milliseconds) => told.push(`attempt ${outcome} ${milliseconds >= 0}`),
        onEnd: (outcome, milliseconds) => told.push(`end ${outcome} ${milliseconds >= 0}`),
      }
    },
  }
  const { observeCall, observeAttempt } = createCallObservation(observer)
  const retry = createRetry({ now: () => 0, random: () => 0 })
  return { told, send: compose([observeCall, retry, observeAttempt], createScriptedSend(...steps).send) }
}

const begin = 't spacio getProperty read'

test.for<[string, Step[], string[]]>([
  ['an answer', [okReply], ['attempt ok true', 'end ok true']],
  [
    'a second attempt',
    [createProblem('upstream-failed', 503), okReply],
    ['attempt upstream-failed true', 'attempt ok true', 'end ok true'],
  ],
  ['a rejection by the upstream', [createProblem('not-found', 404)], ['attempt not-found true', 'end not-found true']],
  ['an internal error', [new TypeError('x')], ['attempt defect true', 'end defect true']],
])('%s', async ([, steps, want]) => {
  const { told, send } = observed(...steps)
  await toSettled(send(createRequest(), waitForever()))
  expect(told).toEqual([begin, ...want])
})

test('a client disconnect is reported', async () => {
  const { told, send } = observed(createProblem('upstream-failed'))
  await toSettled(send(createRequest(), AbortSignal.abort(new Error('the client has left'))))
  expect(told).toEqual([begin, 'attempt left true', 'end left true'])
})

test('an observer changes neither results nor errors', async () => {
  const failure = createProblem('not-found', 404)
  expect(await observed(okReply).send(createRequest(), waitForever())).toBe(okReply)
  expect(await toSettled(observed(failure).send(createRequest(), waitForever()))).toBe(failure)
})
