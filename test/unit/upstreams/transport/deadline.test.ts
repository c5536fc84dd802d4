/** The deadline ends everything, even what ignores its signal. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { withDeadline } from '#src/upstreams/transport/deadline.ts'
import { createNotSentError, createTransportProblem } from '#src/upstreams/transport/errors.ts'
import { limits } from '#src/upstreams/transport/limits.ts'
import type { Send } from '#src/upstreams/transport/types.ts'
import {
  createProblem,
  createRequest,
  createScriptedSend,
  getCode,
  okReply,
  toSettled,
  waitForever,
} from '../../../support/transport.ts'

const soon = { ...limits.liondeskWrite, totalTimeoutMs: 20 }

const deaf: Send = () => new Promise(() => {})

test('a call that never settles and ignores its signal ends at the deadline', async () => {
  const outcome = await toSettled(withDeadline(deaf)(createRequest({ limits: soon, writes: true }), waitForever()))
  expect(getCode(outcome)).toBe('upstream-timeout')
  expect(outcome).toMatchObject({ fields: { outcome: 'unknown' } })
})

test('a write that was not sent by the deadline has no unknown outcome', async () => {
  const waiting: Send = (request, signal) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () =>
        reject(createTransportProblem(request, 'upstream-failed', createNotSentError(signal.reason))),
      )
    })
  const outcome = await toSettled(withDeadline(waiting)(createRequest({ limits: soon, writes: true }), waitForever()))
  expect(getCode(outcome)).toBe('upstream-timeout')
  expect((outcome as { fields?: object }).fields).not.toHaveProperty('outcome')
})

test('results and problems before the deadline are passed on', async () => {
  expect(await withDeadline(createScriptedSend(okReply).send)(createRequest(), waitForever())).toBe(okReply)
  const fault = createProblem('upstream-failed', 500)
  expect(await toSettled(withDeadline(createScriptedSend(fault).send)(createRequest(), waitForever()))).toBe(fault)
})

test('a delivered result is not retained until the deadline', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const answers: WeakRef<object>[] = []
  const answering: Send = async () => {
    const answer = { rows: new Array(1_000).fill('x') }
    answers.push(new WeakRef(answer))
    return answer as never
  }
  const signal = waitForever()
  for (let call = 0; call < 20; call += 1) await withDeadline(answering)(createRequest(), signal)
  const held = () => {
    collect()
    return answers.filter((answer) => answer.deref() !== undefined).length
  }
  // The last object may still be on the stack.
  await expect.poll(held).toBeLessThanOrEqual(1)
})
