import type { FastifyReply } from 'fastify'
import { expect, test } from 'vitest'
import { createFixedWindow } from '#src/plugins/admission/rate-limit/fixed-window.ts'
import { setRateLimitHeaders } from '#src/plugins/admission/rate-limit/ratelimit-headers.ts'

const openWindow = (limit: number) => {
  const clock = { time: Date.UTC(2026, 4, 4) }
  const window = createFixedWindow(limit, () => clock.time)
  return { clock, take: window.take }
}

test('counts each key up to the limit and reports the remaining number and the reset time', () => {
  const { clock, take } = openWindow(2)
  expect(take('x')).toEqual({ limit: 2, remaining: 1, resetSeconds: 60, isExceeded: false })
  clock.time += 18_001
  expect(take('x')).toEqual({ limit: 2, remaining: 0, resetSeconds: 42, isExceeded: false })
  expect(take('x')).toEqual({ limit: 2, remaining: 0, resetSeconds: 42, isExceeded: true })
  expect(take('y')).toEqual({ limit: 2, remaining: 1, resetSeconds: 60, isExceeded: false })
})

test('a window ends after exactly a minute', () => {
  const { clock, take } = openWindow(1)
  take('x')
  clock.time += 59_999
  expect(take('x')).toMatchObject({ isExceeded: true, resetSeconds: 1 })
  clock.time += 1
  expect(take('x')).toMatchObject({ isExceeded: false, resetSeconds: 60 })
})

test('a clock that is set back does not extend a window', () => {
  const { clock, take } = openWindow(1)
  take('x')
  clock.time -= 1
  expect(take('x')).toMatchObject({ isExceeded: false, resetSeconds: 60 })
})

test('stores the counts of 50,000 keys and evicts the least recently used one first', () => {
  const { take } = openWindow(1)
  for (let key = 0; key < 50_000; key += 1) take(`${key}`)
  expect(take('0').isExceeded).toBe(true)
  take('one more')
  expect(take('1').isExceeded).toBe(false)
  expect(take('0').isExceeded).toBe(true)
})

const readHeaders = (allowances: Parameters<typeof setRateLimitHeaders>[1][]): Record<string, string> => {
  const headers: Record<string, string> = {}
  const reply = {
    header: (name: string, value: string) => {
      headers[name] = value
      return reply
    },
  }
  setRateLimitHeaders(reply as unknown as FastifyReply, ...allowances)
  return headers
}

test('the headers name every allowance, with its limit, window and remaining number', () => {
  const allowances = [
    { name: 'client', limit: 60, windowSeconds: 60, remaining: 59, resetSeconds: 42 },
    { name: 'spacio-hour', limit: 950, windowSeconds: 3600, remaining: 0, resetSeconds: 2400 },
  ]
  expect(readHeaders([...allowances, null])).toEqual({
    'ratelimit-policy': '"client";q=60;w=60, "spacio-hour";q=950;w=3600',
    ratelimit: '"client";r=59;t=42, "spacio-hour";r=0;t=2400',
  })
  expect(readHeaders([null])).toEqual({})
})
