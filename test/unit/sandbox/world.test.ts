import { expect, test } from 'vitest'
import { buildWorld } from '../../../sandbox/world/build.ts'

const noon = new Date('2024-03-15T12:00:00Z')
const options = { seed: 7, now: noon.getTime(), leads: 25_000 }
const world = buildWorld(options)

test('the same seed and moment give the same world', () => {
  const text = (seed: number) => JSON.stringify(buildWorld({ ...options, seed, leads: 2_000 }))
  expect(text(7)).toBe(text(7))
  expect(text(8)).not.toBe(text(7))
})

test('counts', () => {
  const { brokerages, teams, agents, managers, properties, openHouses, leads, events } = world
  const counts = [brokerages, teams, agents, managers, properties, openHouses, leads, events].map(
    ({ length }) => length,
  )
  expect(counts).toEqual([2, 3, 12, 2, 60, 400, 25_000, 20])
  expect(new Set(leads.map(({ id }) => id)).size).toBe(25_000)
})

test('a brokerage has some thousand leads in its last thirty days', () => {
  const since = noon.getTime() - 30 * 86_400_000
  for (const { bid } of world.brokerages) {
    const recent = world.leads.filter((lead) => lead.bid === bid && lead.dateCreated >= since).length
    expect(recent).toBeGreaterThan(1_400)
    expect(recent).toBeLessThan(3_000)
  }
})

test('ids contain the time of insertion; some leads are back-dated to a full hour', () => {
  const delayed = world.leads.filter(({ insertedAt, dateCreated }) => dateCreated < insertedAt)
  expect(delayed.length).toBeGreaterThan(500)
  expect(delayed.every(({ dateCreated }) => dateCreated % 3_600_000 === 0)).toBe(true)
  expect(world.leads.every(({ id, insertedAt }) => Number.parseInt(id.slice(0, 8), 16) * 1000 === insertedAt)).toBe(
    true,
  )
})

test('the fields of a lead agree with its answers and with its automatic e-mail', () => {
  for (const { hasAgent, hasFinancing, answers, autoEmailStatus } of world.leads) {
    const stated = { agent: hasAgent, yn: hasFinancing }
    for (const { question, answer } of answers) {
      if (question.type !== 'agent' && question.type !== 'yn') continue
      expect(answer).toBe(stated[question.type] === 'UNKNOWN' ? 'N/A' : stated[question.type])
    }
    expect(autoEmailStatus.sentToVisitor).toBe(hasAgent !== 'YES')
  }
})

test('the known gaps of the upstreams are documented', () => {
  const { properties, leads } = world
  expect(properties.some(({ price }) => price.startsWith('$'))).toBe(true)
  expect(properties.some(({ baths }) => baths === 2.5)).toBe(true)
  for (const name of ['beds', 'baths', 'dimens'] as const) {
    expect(properties.some((property) => property[name] === -1)).toBe(true)
  }
  expect(leads.some(({ phone }) => phone === '')).toBe(true)
  expect(leads.some(({ answers }) => answers.some(({ answer }) => answer === 'N/A'))).toBe(true)
  expect(leads.every(({ email }) => /@example\.(com|org)$/.test(email))).toBe(true)
})
