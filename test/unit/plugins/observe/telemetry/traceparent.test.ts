import { expect, test } from 'vitest'
import { parseTraceparent } from '#src/plugins/observe/telemetry/traceparent.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const spanId = '00f067aa0ba902b7'

test.for([
  ['sampled', `00-${traceId}-${spanId}-01`],
  ['not sampled', `00-${traceId}-${spanId}-00`],
  ['of a later version', `cc-${traceId}-${spanId}-01`],
  ['of a later version, with more', `cc-${traceId}-${spanId}-01-what-comes`],
])('%s', ([, traceparent]) => {
  expect(parseTraceparent(traceparent)).toEqual({ traceId, spanId })
})

test.for<[string, unknown]>([
  ['none', undefined],
  ['empty', ''],
  ['two of them', [`00-${traceId}-${spanId}-01`, `00-${traceId}-${spanId}-01`]],
  ['two of them, joined', `00-${traceId}-${spanId}-01, 00-${traceId}-${spanId}-01`],
  ['capitals', `00-${traceId.toUpperCase()}-${spanId}-01`],
  ['a trace of zeros', `00-${'0'.repeat(32)}-${spanId}-01`],
  ['a span of zeros', `00-${traceId}-${'0'.repeat(16)}-01`],
  ['the version that is none', `ff-${traceId}-${spanId}-01`],
  ['more than this version has', `00-${traceId}-${spanId}-01-more`],
  ['too short', `00-${traceId.slice(1)}-${spanId}-01`],
  ['without flags', `00-${traceId}-${spanId}`],
  ['a line break', `00-${traceId}-${spanId}-01\n`],
  ['not hexadecimal', `00-${traceId.replace('4', 'g')}-${spanId}-01`],
  ['very long', `cc-${traceId}-${spanId}-01-${'x'.repeat(1000)}`],
])('ignores %s', ([, traceparent]) => {
  expect(parseTraceparent(traceparent)).toBeNull()
})
