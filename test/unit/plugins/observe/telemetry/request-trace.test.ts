/** Calls are attributed to the right request: within a request, behind a cache, and after its end. */
import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createTraceStorage, Trace } from '#src/plugins/observe/telemetry/request-trace.ts'

const report = { operation: 'x', outcome: 'ok', milliseconds: 1, attempts: 1 } as const

test('the current trace is available in all asynchronous work of its request, and nowhere else', async () => {
  const traces = createTraceStorage()
  const [one, two] = [new Trace(null), new Trace(null)]
  const seen = async (trace: typeof one) => {
    const { promise, resolve } = Promise.withResolvers<unknown>()
    traces.run(trace, () => void turn().then(() => resolve(traces.getCurrent())))
    return promise
  }
  expect(await Promise.all([seen(one), seen(two)])).toEqual([one, two])
  expect(traces.getCurrent()).toBeNull()
})

test('work that outlives its request has no current trace', () => {
  const traces = createTraceStorage()
  const trace = new Trace(null)
  traces.run(trace, () => {
    expect(traces.getCurrent()).toBe(trace)
    trace.isOver = true
    expect(traces.getCurrent()).toBeNull()
  })
})

test('the trace storages of two apps are independent', () => {
  const [mine, other] = [createTraceStorage(), createTraceStorage()]
  mine.run(new Trace(null), () => expect(other.getCurrent()).toBeNull())
})

test('counts the time of parallel upstream calls once', async () => {
  const trace = new Trace(null)
  const began = performance.now()
  trace.startCall()
  trace.startCall()
  while (performance.now() - began < 20) await turn()
  trace.endCall(report)
  trace.endCall(report)
  const passed = performance.now() - began
  expect(trace.getUpstreamMs()).toBeGreaterThanOrEqual(19)
  expect(trace.getUpstreamMs()).toBeLessThanOrEqual(passed)
  expect(trace.callCount).toBe(2)
})

test('limits the number of recorded upstream calls', () => {
  const trace = new Trace(null)
  for (let index = 0; index < 1000; index += 1) {
    trace.startCall()
    trace.endCall(report)
  }
  expect(trace.calls).toHaveLength(20)
  expect(trace.callCount).toBe(1000)
})
