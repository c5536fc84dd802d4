/** Failures of replicas that share an hourly budget. */
import type { Random } from './random.ts'

/** The time of a step. */
export interface Moment {
  /** Milliseconds since the start. */
  readonly at: number
  readonly random: Random
}

export interface Scenario {
  readonly name: string
  /** The demand as a multiple of the cap. Default: 1.5, which spends the budget before the hour ends. */
  readonly demand?: number
  /** A replica's current share of the demand; 1 is an even share. */
  readonly share?: (replica: number, replicas: number, moment: Moment) => number
  /** Milliseconds by which a replica's clock is ahead. */
  readonly clockAhead?: (random: Random) => number
  readonly crashes?: (replica: number, moment: Moment) => boolean
  readonly isStoreLost?: (replica: number, replicas: number, moment: Moment) => boolean
  /** The store executes the operation, but its response is lost. */
  readonly isAnswerLost?: (moment: Moment) => boolean
  /** FOYER_MAX_REPLICAS is not set. */
  readonly isCountUnknown?: true
}

const minuteMs = 60_000

const isWithin = (at: number, period: number, from: number, to: number): boolean =>
  at % period >= from && at % period < to

/** Each replica independently, about every 20 minutes: in one of 240 steps of 5 seconds. */
const isOccasional: Scenario['crashes'] = (_replica, { random }) => random() < 1 / 240

/** Twenty minutes of each hour. */
const isLostForLong: Scenario['isStoreLost'] = (_replica, _replicas, { at }) =>
  isWithin(at, 60 * minuteMs, 10 * minuteMs, 30 * minuteMs)

const isFlapping: Scenario['isStoreLost'] = (_replica, _replicas, { at }) => isWithin(at, 20_000, 0, 10_000)

const isHalfCutOff: Scenario['isStoreLost'] = (replica, replicas, { at }) =>
  replica < replicas / 2 && isWithin(at, 60 * minuteMs, 5 * minuteMs, 50 * minuteMs)

const getBurstShare: Scenario['share'] = (_replica, _replicas, { at }) =>
  isWithin(at, 10 * minuteMs, 0, minuteMs) ? 10 : 0

const getBusyShare: Scenario['share'] = (replica, replicas) => (replica === 0 ? 0.9 * replicas : 0.1)

const isOneInTen: Scenario['isAnswerLost'] = ({ random }) => random() < 0.1

export const scenarios: readonly Scenario[] = [
  { name: 'steady load' },
  { name: 'bursts', share: getBurstShare },
  { name: 'one busy replica', share: getBusyShare },
  { name: 'each replica crashes every 20 min', crashes: isOccasional },
  { name: 'all replicas restart every 20 min', crashes: (_replica, { at }) => isWithin(at, 20 * minuteMs, 0, 5_000) },
  { name: 'clocks differ by 10 s', demand: 4, clockAhead: (random) => (random() - 0.5) * 10_000 },
  { name: 'store unavailable for 20 min', isStoreLost: isLostForLong },
  { name: 'as above, FOYER_MAX_REPLICAS unset', isStoreLost: isLostForLong, isCountUnknown: true },
  { name: 'store unavailable and crashes', isStoreLost: isLostForLong, crashes: isOccasional },
  { name: 'store unavailable to half of the replicas for 45 min', isStoreLost: isHalfCutOff },
  { name: 'store unavailable every other 10 s', isStoreLost: isFlapping },
  { name: 'one in ten replies of the store lost', isAnswerLost: isOneInTen },
  {
    name: 'all failures together',
    demand: 4,
    share: getBurstShare,
    clockAhead: (random) => (random() - 0.5) * 10_000,
    crashes: isOccasional,
    isStoreLost: (...given) => isFlapping(...given) || isHalfCutOff(...given),
    isAnswerLost: isOneInTen,
  },
]
