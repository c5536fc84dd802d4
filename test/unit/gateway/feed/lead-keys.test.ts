/** If an upstream sends one id for all its visitors, the process must not block. */
import { beforeEach, expect, test, vi } from 'vitest'
import { findLead, getSightings, groupById } from '#src/gateway/feed/lead-keys.ts'
import type { Lead } from '#src/gateway/leads/reader.ts'

const hashes = vi.hoisted(() => ({ made: 0 }))

vi.mock('node:crypto', async (load) => {
  const crypto = await load<typeof import('node:crypto')>()
  const createHash: typeof crypto.createHash = (...parameters) => {
    hashes.made += 1
    return crypto.createHash(...parameters)
  }
  return { ...crypto, createHash }
})

const count = 300
const start = Date.parse('2026-01-01T00:00:00Z')

const getLead = (number: number): Lead =>
  ({ id: '0', fullName: `Visitor ${number}`, createdAt: new Date(start + number * 1_000).toISOString() }) as Lead

const visitors = Array.from({ length: count }, (_, number) => getLead(number))

beforeEach(() => {
  hashes.made = 0
})

test('visitors that share an id cost one digest each, however often they are compared', () => {
  const leads = groupById([...visitors, ...visitors.slice(0, 10)])
  const sightings = getSightings(leads, [])
  const found = sightings.map((sighting) => findLead(leads, sighting))
  expect(new Set(found)).toEqual(new Set(visitors))
  expect(hashes.made).toBeLessThanOrEqual(2 * count)
})

test('identical records of a shared id are one lead', () => {
  const leads = groupById([...visitors, getLead(0), getLead(count - 1)])
  expect(leads.get('0')).toHaveLength(count)
})

test('unique ids cost no digest', () => {
  groupById(visitors.map((lead, number) => ({ ...lead, id: String(number) })))
  expect(hashes.made).toBe(0)
})
