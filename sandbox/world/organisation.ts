import { alphanumeric, type Random } from '../random.ts'
import { dayMs, secondMs } from '../time.ts'
import type { Agent, Brokerage, Manager, Team } from './types.ts'

export const brokerages: readonly Brokerage[] = [
  { bid: 'b1001', name: 'Harbour & Pine Realty' },
  { bid: 'b1002', name: 'Lantern Street Homes' },
]

export const teams: readonly Team[] = [
  { tid: 't2001', bid: 'b1001', name: 'North Shore' },
  { tid: 't2002', bid: 'b1001', name: 'Old Town' },
  { tid: 't2003', bid: 'b1002', name: 'Lantern Street' },
]

export const managers: readonly Manager[] = [
  { email: 'manager1@example.com', bid: 'b1001' },
  { email: 'manager2@example.com', bid: 'b1002' },
]

const unclaimedAgents = new Set([6, 12])

const getTeam = (number: number): string => {
  if (number <= 4) return 't2001'
  return number <= 7 ? 't2002' : 't2003'
}

export function makeAgents(random: Random, now: number): Agent[] {
  return Array.from({ length: 12 }, (_, index) => {
    const number = index + 1
    const idle = random.integer(0, 45 * (dayMs / secondMs)) * secondMs
    return {
      email: `agent${number}@example.com`,
      ukey: random.text(20, alphanumeric),
      bid: number <= 7 ? 'b1001' : 'b1002',
      tid: getTeam(number),
      claimed: !unclaimedAgents.has(number),
      lastActive: Math.floor((now - idle) / secondMs) * secondMs,
    }
  })
}
