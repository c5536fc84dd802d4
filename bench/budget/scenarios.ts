/** What may befall replicas that share an hour's calls. */
import type { Random } from './random.ts'

/** The moment of a step, as a scenario sees it. */
export interface Moment {
  /** Milliseconds since the beginning. */
  readonly at: number
  readonly random: Random
}

export interface Scenario {
  readonly name: string
  /** Calls that are wanted, as a multiple of the cap. Default 1.5: the hour is spent before it ends. */
  readonly demand?: number
  /** How much of the demand falls on a replica now, 1 being an even share. */
  readonly share?: (replica: number, replicas: number, moment: Moment) => number
  /** Milliseconds by which a replica's clock is ahead. */
  readonly clockAhead?: (random: Random) => number
  readonly crashes?: (replica: number, moment: Moment) => boolean
  readonly isStoreLost?: (replica: number, replicas: number, moment: Moment) => boolean
  /** The store does what it is asked, but its answer is lost. */
  readonly isAnswerLost?: (moment: Moment) => boolean
  /** Whoever operates it left FOYER_MAX_REPLICAS out. */
  readonly isCountUnknown?: true
}

const minute = 60_000

const isWithin = (at: number, period: number, from: number, to: number): boolean =>
  at % period >= from && at % period < to

/** Each replica by itself, every 20 minutes or so: in 240 steps of 5 s. */
const nowAndThen: Scenario['crashes'] = (_replica, { random }) => random() < 1 / 240

/** Twenty minutes of each hour. */
const lostForLong: Scenario['isStoreLost'] = (_replica, _replicas, { at }) =>
  isWithin(at, 60 * minute, 10 * minute, 30 * minute)

const flapping: Scenario['isStoreLost'] = (_replica, _replicas, { at }) => isWithin(at, 20_000, 0, 10_000)

const halfCutOff: Scenario['isStoreLost'] = (replica, replicas, { at }) =>
  replica < replicas / 2 && isWithin(at, 60 * minute, 5 * minute, 50 * minute)

const bursts: Scenario['share'] = (_replica, _replicas, { at }) => (isWithin(at, 10 * minute, 0, minute) ? 10 : 0)

const oneBusy: Scenario['share'] = (replica, replicas) => (replica === 0 ? 0.9 * replicas : 0.1)

const oneInTen: Scenario['isAnswerLost'] = ({ random }) => random() < 0.1

export const scenarios: readonly Scenario[] = [
  { name: 'steady load' },
  { name: 'bursts', share: bursts },
  { name: 'one busy replica', share: oneBusy },
  { name: 'each crashes every 20 min', crashes: nowAndThen },
  { name: 'all restarted every 20 min', crashes: (_replica, { at }) => isWithin(at, 20 * minute, 0, 5_000) },
  { name: 'clocks differ by 10 s', demand: 4, clockAhead: (random) => (random() - 0.5) * 10_000 },
  { name: 'store lost for 20 min', isStoreLost: lostForLong },
  { name: 'the same, FOYER_MAX_REPLICAS unset', isStoreLost: lostForLong, isCountUnknown: true },
  { name: 'the same, and crashes', isStoreLost: lostForLong, crashes: nowAndThen },
  { name: 'half of them cut off from it for 45 min', isStoreLost: halfCutOff },
  { name: 'store comes and goes, 10 s each', isStoreLost: flapping },
  { name: 'one answer of the store in ten lost', isAnswerLost: oneInTen },
  {
    name: 'all of it',
    demand: 4,
    share: bursts,
    clockAhead: (random) => (random() - 0.5) * 10_000,
    crashes: nowAndThen,
    isStoreLost: (...given) => flapping(...given) || halfCutOff(...given),
    isAnswerLost: oneInTen,
  },
]
