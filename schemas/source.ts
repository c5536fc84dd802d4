import { Type } from 'typebox'
import { component, getOne, ref, text, time } from './fields.ts'

export const Source = component(
  'Source',
  'The origin of a record, and the record as the upstream sent it. Only with `include=source`.',
  {
    system: getOne(['spacio', 'liondesk'], { description: 'The upstream system.' }),
    operation: text('The upstream operation that returned the record.'),
    fetchedAt: time('Time of the upstream’s response.'),
    record: Type.Unknown({
      description:
        'The parsed record, unchanged, except that a number that JavaScript cannot represent exactly as written is a string: `"9007199254740993"`, `"06498"`.',
    }),
  },
  { system: 'spacio', operation: 'getProperty', fetchedAt: '2026-05-02T17:04:11Z', record: { sid: 10101, beds: 2 } },
)

export const source = Type.Optional(ref(Source))
