import { expect, test } from 'vitest'
import { getWorkClass, type WorkClass } from '#src/plugins/admission/load-shedding/priority-classes.ts'

test.for<[WorkClass, Parameters<typeof getWorkClass>[0]]>([
  ['write', { method: 'POST', config: { scope: 'tokens:issue' } }],
  ['write', { method: 'DELETE', config: { scope: 'events:write' } }],
  ['report', { method: 'GET', config: { scope: 'leads:read' } }],
  ['report', { method: 'HEAD', config: { scope: 'brokerages:read' } }],
  ['list', { method: 'GET', config: { scope: 'events:read' }, schema: { querystring: { properties: { limit: {} } } } }],
  ['read', { method: 'GET', config: { scope: 'events:read' }, schema: { querystring: { properties: {} } } }],
  ['read', { method: 'GET', config: { scope: 'public' } }],
  ['write', { method: 'GET', config: { scope: 'leads:read', workClass: 'write' } }],
])('a %s', ([want, facts]) => {
  expect(getWorkClass(facts)).toBe(want)
})
